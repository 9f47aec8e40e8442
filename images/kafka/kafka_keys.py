#!/usr/bin/python3
"""Keeps the public keys of those who sign tokens in a file, which the broker beside it reads again whenever it has changed.

A broker that fetched them itself would not start while nobody answers at their address. This way it starts with an empty set,
lets passwords and certificates in, and takes tokens from the moment on when the keys are there.

    KAFKA_KEYS_URL     where the keys are published (a JSON Web Key Set), over TLS
    KAFKA_KEYS_CA      file with the authority that the certificate there is trusted by
    KAFKA_TOKEN_KEYS   file to keep them in; its folder must be writable

Runs until it is told to end (SIGTERM). What it has once fetched stays while nobody answers.
"""

import http.client
import json
import os
import signal
import ssl
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

# A key that is new at the realm is known here after so long.
REFRESH_SECONDS = 30
RETRY_SECONDS = 3
ANSWER_SECONDS = 3
NO_KEYS = '{"keys": []}'
# Of these a published key verifies signatures and cannot make any: https://datatracker.ietf.org/doc/html/rfc7518#section-6.1
PUBLIC_KINDS = ("RSA", "EC")


class KeysError(Exception):
    """The keys could not be had; the message says why."""


def signing_keys(text: str) -> str:
    """The key set without what verifies no signature, written the same way whatever the order. Throws KeysError."""
    try:
        keys = json.loads(text)["keys"]
        chosen = [key for key in keys if key["kty"] in PUBLIC_KINDS and key.get("use", "sig") == "sig"]
    except (ValueError, TypeError, KeyError) as error:
        raise KeysError(f"what was answered is no key set: {error!r}") from error
    if not chosen:
        raise KeysError("there is no key for signatures among what was answered")
    chosen.sort(key=lambda key: str(key.get("kid")))
    return json.dumps({"keys": chosen}, sort_keys=True)


def fetch(url: str, authority: str) -> str:
    """What is published at the address. Throws KeysError."""
    try:
        # The authority's file is read anew, since it may have been replaced.
        context = ssl.create_default_context(cafile=authority)
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS, context=context) as answer:
            return answer.read().decode()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise KeysError(f"{url}: {error}") from error


def write(file: Path, content: str) -> bool:
    """Replaces the file in one step where its content differs; whether it did."""
    if file.exists() and file.read_text(encoding="utf-8") == content:
        return False
    beside = file.with_name(f".{file.name}")
    beside.write_text(content, encoding="utf-8")
    beside.replace(file)
    return True


def refresh(file: Path, get: Callable[[], str], say: Callable[[str], None]) -> bool:
    """Makes the file what is published; where that cannot be had, makes sure that there is one. Whether it could be had."""
    try:
        keys = signing_keys(get())
    except KeysError as error:
        if not file.exists():
            write(file, NO_KEYS)
        say(f"kafka_keys: {error}")
        return False
    if write(file, keys):
        say(f"kafka_keys: {len(json.loads(keys)['keys'])} key(s) for signatures in {file}")
    return True


def main() -> int:
    try:
        url, authority, file = (os.environ[name] for name in ("KAFKA_KEYS_URL", "KAFKA_KEYS_CA", "KAFKA_TOKEN_KEYS"))
    except KeyError as missing:
        print(f"kafka_keys: {missing.args[0]} is not set", file=sys.stderr)
        return 2
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    last = ""

    def say(line: str) -> None:
        nonlocal last
        if line != last:  # not every few seconds the same
            print(line, flush=True)
        last = line

    while True:
        fetched = refresh(Path(file), lambda: fetch(url, authority), say)
        if ended.wait(REFRESH_SECONDS if fetched else RETRY_SECONDS):
            return 0


if __name__ == "__main__":
    sys.exit(main())
