"""Prints the name of the release of DAGs that counts; nothing where none was pushed yet."""

import sys

from botocore.exceptions import ClientError

from platform_airflow.store import store


def main(bucket: str, prefix: str) -> int:
    try:
        print(store().get_object(Bucket=bucket, Key=f"{prefix}/current")["Body"].read().decode())
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
