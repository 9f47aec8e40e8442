"""A bundle of DAGs in a bucket that changes at once and keeps its releases.

`PREFIX/releases/NAME.tar.gz` holds one release, whole; `PREFIX/current` names the one that counts. Each is one object, and S3
shows an object either as it was or as it is: whoever reads sees one release or another, never a mixture. A DAG run keeps the
release that it began with.
"""

import io
import shutil
import tarfile
import tempfile
from pathlib import Path

from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion
from airflow.providers.amazon.aws.bundles.s3 import S3DagBundle
from botocore.exceptions import ClientError


class ReleasedBundle(S3DagBundle):
    """Upstream's S3DagBundle with releases in place of loose files; the arguments are the same."""

    supports_versioning = True

    def initialize(self) -> None:
        if self.version:
            with self.lock():
                self._unpack(self.version, self.path)
        else:
            self.refresh()
        BaseDagBundle.initialize(self)

    @property
    def path(self) -> Path:
        # A link, so that the folder of the newest release has always the same name.
        return self.versions_dir / self.version if self.version else self.base_dir / "current"

    def get_current_version(self) -> BundleVersion | None:
        release = self.version or self._linked()
        return BundleVersion(version=release) if release else None

    def refresh(self) -> None:
        with self.lock():
            release = self._current()
            if release == self._linked() and self.path.exists():
                return
            folder = self.base_dir / "releases" / (release or "none")
            self._unpack(release, folder)
            link = self.base_dir / "next"
            link.unlink(missing_ok=True)
            link.symlink_to(folder)
            link.replace(self.path)
            for other in folder.parent.iterdir():
                if other != folder:
                    shutil.rmtree(other)

    def view_url_template(self) -> str | None:
        return None

    def _linked(self) -> str | None:
        link = self.base_dir / "current"
        return link.readlink().name if link.is_symlink() and link.readlink().name != "none" else None

    def _current(self) -> str | None:
        try:
            return self._read("current").decode().strip()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None  # nothing was pushed yet
            raise

    def _read(self, key: str) -> bytes:
        client = self.s3_hook.get_conn()
        return client.get_object(Bucket=self.bucket_name, Key=f"{self.prefix}/{key}")["Body"].read()

    def _unpack(self, release: str | None, folder: Path) -> None:
        """The folder appears whole or not at all."""
        if folder.is_dir():
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        unpacked = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
        try:
            if release is not None:
                with tarfile.open(fileobj=io.BytesIO(self._read(f"releases/{release}.tar.gz"))) as archive:
                    archive.extractall(unpacked, filter="data")
            unpacked.replace(folder)
        except BaseException:
            shutil.rmtree(unpacked, ignore_errors=True)
            raise
