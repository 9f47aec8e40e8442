"""A bucket over S3, with Python's standard library alone. Signatures are AWS's version 4
(https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html)."""

import hashlib
import hmac
import http.client
import ssl
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from backup_plan import BackupError

PART_BYTES = 16 * 2**20
"""One part is in memory at a time. S3 takes 5 MiB to 5 GiB, and 10,000 parts: dumps of up to 156 GiB."""
READ_BYTES = 2**20
_TIMEOUT_SECONDS = 60
_PATIENCE_SECONDS = 120.0


class Reader(Protocol):
    def read(self, amount: int, /) -> bytes: ...


def signed(method: str, url: str, query: Mapping[str, str], digest: str, keys: "Keys", now: datetime) -> dict[str, str]:
    """Headers of a request."""
    parts = urllib.parse.urlsplit(url)
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    names = ";".join(headers)
    lines = [method, parts.path, encoded(query), *(f"{name}:{value}" for name, value in headers.items()), "", names, digest]
    scope = f"{moment[:8]}/{keys.region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()])
    key = ("AWS4" + keys.secret).encode()
    for part in [*scope.split("/"), text]:
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"Credential={keys.access}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}"}


def encoded(query: Mapping[str, str]) -> str:
    """A query as it is signed: sorted, and everything but letters, digits and -._~ encoded."""
    quoted = ((urllib.parse.quote(name, safe=""), urllib.parse.quote(value, safe="")) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in sorted(quoted))


class Keys:
    """What the object store's component writes for an application: a folder of files."""

    def __init__(self, folder: Path) -> None:
        read = {name: (folder / name).read_text() for name in ("endpoint", "region", "accessKey", "secretKey")}
        self.endpoint = read["endpoint"]
        self.region = read["region"]
        self.access = read["accessKey"]
        self.secret = read["secretKey"]
        self.trust = ssl.create_default_context(cafile=str(folder / "ca.crt"))


class Bucket:
    def __init__(self, keys: Keys, name: str) -> None:
        self._keys = keys
        self._name = name

    def keys_below(self, prefix: str) -> Iterator[str]:
        query = {"list-type": "2", "prefix": prefix}
        while True:
            page = ElementTree.fromstring(self._call("GET", "", query)[0])
            yield from (node.text or "" for node in page.iterfind("{*}Contents/{*}Key"))
            following = page.findtext("{*}NextContinuationToken")
            if page.findtext("{*}IsTruncated") != "true" or not following:
                return
            query = {**query, "continuation-token": following}

    def get(self, key: str) -> bytes:
        return self._call("GET", key)[0]

    def put(self, key: str, content: bytes) -> None:
        self._call("PUT", key, content=content)

    def delete(self, key: str) -> None:
        self._call("DELETE", key)

    def open(self, key: str) -> Iterator[bytes]:
        """The object piece by piece. What fails on the way fails for good: who reads begins anew."""
        try:
            connection, response = self._send("GET", key, {}, b"")
            with closing(connection):
                if response.status != 200:
                    raise BackupError(f"object store: GET {key}: {response.status} {response.read(500)!r}")
                while piece := response.read(READ_BYTES):
                    yield piece
        except (OSError, http.client.HTTPException) as error:
            raise BackupError(f"object store: GET {key}: {error}") from error

    def upload(self, key: str, source: Reader) -> tuple[int, str]:
        """Write all that `source` gives, in parts; nothing is there before the last one is. Size and SHA-256 of it."""
        answer, _ = self._call("POST", key, {"uploads": ""})
        upload = {"uploadId": ElementTree.fromstring(answer).findtext("{*}UploadId") or ""}
        whole = hashlib.sha256()
        size = 0
        tags: list[str] = []
        try:
            while part := exactly(source, PART_BYTES):
                whole.update(part)
                size += len(part)
                _, headers = self._call("PUT", key, {**upload, "partNumber": str(len(tags) + 1)}, part)
                tags.append(headers.get("ETag") or "")
            parts = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in enumerate(tags, 1)
            )
            document = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
            answer, _ = self._call("POST", key, upload, document)
            if b"<Error>" in answer:  # S3 may say 200 before it fails
                raise BackupError(f"object store: {key}: {answer[:500]!r}")
        except BaseException:
            self._call("DELETE", key, upload)
            raise
        return size, whole.hexdigest()

    def _call(
        self, method: str, key: str, query: Mapping[str, str] | None = None, content: bytes = b""
    ) -> tuple[bytes, http.client.HTTPMessage]:
        """Answer and headers; again and again while the store does not answer or says that it cannot just now."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pause = 0.5
        while True:
            try:
                connection, response = self._send(method, key, query or {}, content)
                try:
                    answer, status, reason = response.read(), response.status, ""
                finally:
                    connection.close()
            except (OSError, http.client.HTTPException) as error:
                answer, status, reason = b"", 503, str(error)
            if status < 300:
                return answer, response.headers
            if status < 500 or time.monotonic() > deadline:
                said = reason or answer[:500].decode(errors="replace")
                raise BackupError(f"object store: {method} {self._name}/{key}: {status} {said}")
            time.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _send(
        self, method: str, key: str, query: Mapping[str, str], content: bytes
    ) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        path = f"/{self._name}" + (f"/{key}" if key else "")
        url = self._keys.endpoint + path
        host = urllib.parse.urlsplit(url)
        digest = hashlib.sha256(content).hexdigest()
        headers = signed(method, url, query, digest, self._keys, datetime.now(UTC))
        connection = http.client.HTTPSConnection(
            host.hostname or "", host.port, context=self._keys.trust, timeout=_TIMEOUT_SECONDS
        )
        try:
            connection.request(method, path + (f"?{encoded(query)}" if query else ""), content, headers)
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise


def exactly(source: Reader, amount: int) -> bytes:
    """So many bytes; fewer only at the end."""
    pieces: list[bytes] = []
    left = amount
    while left > 0 and (piece := source.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
