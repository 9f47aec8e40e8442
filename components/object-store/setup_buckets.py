"""Makes the buckets of an S3 store those of a JSON file, with their versioning and expiry.

    python3 -c PROGRAM WISH KEYS

WISH is the file: `host`, `port`, `region`, and `buckets` by name, each with `versioning` (true or false) and `expiryDays` (null:
objects stay). Other buckets are left alone. KEYS is a folder with `accessKey`, `secretKey` and `ca.crt`.

Python's standard library alone, so that any image with Python does. Running it again changes nothing. Exits with 1 and the
store's answer where the store refuses, or fails for longer than PATIENCE_SECONDS.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Optional

PATIENCE_SECONDS = 120
"""How long one request is sent again while the store does not answer or says that it cannot just now."""
PAUSE_SECONDS = 1
TIMEOUT_SECONDS = 30
"""Of one connection."""


class Request(NamedTuple):
    method: str
    path: str
    query: str = ""
    """A name without a value, or nothing."""
    body: str = ""
    also: tuple[int, ...] = ()
    """Statuses that will do beside those below 300."""


Send = Callable[[Request], tuple[int, str]]
"""Sends a request once: the status and text of the answer. Throws OSError or HTTPException where there is none."""


def make_buckets(buckets: Mapping[str, Mapping[str, Any]], send: Send) -> None:
    for name, bucket in buckets.items():
        insist(send, creation(name))
        has_state = bucket["versioning"] or "<Status>" in insist(send, Request("GET", "/" + name, "versioning"))
        for request in settings(name, bucket, has_state):
            insist(send, request)
        print(f"bucket {name} is as wished", flush=True)


def creation(name: str) -> Request:
    return Request("PUT", "/" + name, also=(409,))  # 409: it is there


def settings(name: str, bucket: Mapping[str, Any], has_state: bool) -> list[Request]:
    """What gives a bucket its versioning and expiry; nothing of versioning for one that never had any (not `has_state`)."""
    return [*([versioning(name, bucket["versioning"])] if has_state else []), expiry(name, bucket["expiryDays"])]


def versioning(name: str, enabled: bool) -> Request:
    status = "Enabled" if enabled else "Suspended"
    body = f"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>"
    return Request("PUT", "/" + name, "versioning", body)


def expiry(name: str, days: Optional[int]) -> Request:
    if days is None:
        return Request("DELETE", "/" + name, "lifecycle", also=(404,))
    rule = (
        f"<ID>expiry</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>{days}</Days></Expiration>"
    )
    body = f"<LifecycleConfiguration><Rule>{rule}</Rule></LifecycleConfiguration>"
    return Request("PUT", "/" + name, "lifecycle", body)


def insist(send: Send, request: Request) -> str:
    """Sends a request until it is done: the answer's text. Ends the program where the store refuses, or fails for too long."""
    method, path, query, _, also = request
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            status, text = send(request)
        except (OSError, http.client.HTTPException) as error:
            status, text = 503, str(error)
        if status < 300 or status in also:
            return text
        if status < 500 or time.monotonic() > end:
            sys.exit(f"{method} {path}?{query}: {status} {text}")
        print(f"{method} {path}: {status} {text}", flush=True)
        time.sleep(PAUSE_SECONDS)


class Store:
    """The store of a wish. Its keys are read again for each request."""

    def __init__(self, wish: Mapping[str, Any], keys: Path) -> None:
        self._host = wish["host"]
        self._port = wish["port"]
        self._region = wish["region"]
        self._keys = keys
        self._trust = ssl.create_default_context(cafile=str(keys / "ca.crt"))

    def send(self, request: Request) -> tuple[int, str]:
        method, path, query, body, _ = request
        access, secret = ((self._keys / name).read_text() for name in ("accessKey", "secretKey"))
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = signed(request, f"{self._host}:{self._port}", self._region, (access, secret), now)
        connection = http.client.HTTPSConnection(self._host, self._port, context=self._trust, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path + (f"?{query}" if query else ""), body.encode(), headers)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()


def signed(request: Request, host: str, region: str, keys: tuple[str, str], now: str) -> dict[str, str]:
    """Headers of a request, signed by AWS's version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html

    `host` is with its port, where it has one; `keys` are the access and the secret one; `now` is like 20130524T000000Z.
    """
    method, path, query, body, _ = request
    access, secret = keys
    headers = {"host": host, "x-amz-content-sha256": digest(body), "x-amz-date": now}
    names = ";".join(headers)
    lines = [method, path, f"{query}=" if query else "", *(f"{name}:{value}" for name, value in headers.items())]
    scope = f"{now[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, digest("\n".join([*lines, "", names, digest(body)]))])
    key = ("AWS4" + secret).encode()
    for part in [*scope.split("/"), text]:
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"Credential={access}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(wish_file: str, keys: str) -> None:
    wish = json.loads(Path(wish_file).read_text())
    make_buckets(wish["buckets"], Store(wish, Path(keys)).send)


if __name__ == "__main__":
    main(*sys.argv[1:])
