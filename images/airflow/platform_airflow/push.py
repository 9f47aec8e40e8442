"""Uploads a release of DAGs: the archive first, then the one object that names it, so that readers change over at once."""

import sys
from pathlib import Path

from platform_airflow.store import store


def main(archive: str, bucket: str, prefix: str, release: str) -> int:
    client = store()
    client.put_object(Bucket=bucket, Key=f"{prefix}/releases/{release}.tar.gz", Body=Path(archive).read_bytes())
    client.put_object(Bucket=bucket, Key=f"{prefix}/current", Body=release.encode())
    print(f"{bucket}/{prefix} is now {release}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
