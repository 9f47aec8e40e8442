"""Uploads a release of DAGs: the archive first, then the one object that names it, so that readers change over at once."""

import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config


def store():  # noqa: ANN201, boto3 makes its classes at run time
    return boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT"],
        region_name=os.environ["S3_REGION"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        verify=os.environ["S3_CA"],
        config=Config(s3={"addressing_style": "path"}),
    )


def main(archive: str, bucket: str, prefix: str, release: str) -> int:
    client = store()
    client.put_object(Bucket=bucket, Key=f"{prefix}/releases/{release}.tar.gz", Body=Path(archive).read_bytes())
    client.put_object(Bucket=bucket, Key=f"{prefix}/current", Body=release.encode())
    print(f"{bucket}/{prefix} is now {release}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
