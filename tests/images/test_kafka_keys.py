import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import kafka_keys
import pytest
from kafka_keys import NO_KEYS, KeysError, refresh, signing_keys, write

SIGN = {"kid": "b", "kty": "RSA", "use": "sig", "n": "1", "e": "AQAB"}
OTHER = {"kid": "a", "kty": "EC", "x": "1", "y": "2"}
ENCRYPT = {"kid": "c", "kty": "RSA", "use": "enc", "n": "1", "e": "AQAB"}
SYMMETRIC = {"kid": "d", "kty": "oct", "k": "c2VjcmV0"}


def published(*keys):
    return json.dumps({"keys": keys})


def test_only_keys_that_verify_signatures_are_kept():
    kept = json.loads(signing_keys(published(SIGN, ENCRYPT, SYMMETRIC, OTHER)))["keys"]
    assert [key["kid"] for key in kept] == ["a", "b"]


def test_the_same_keys_in_another_order_are_the_same():
    assert signing_keys(published(SIGN, OTHER)) == signing_keys(published(OTHER, SIGN))


@pytest.mark.parametrize("text", ["", "<html>", "[]", "{}", '{"keys": null}', '{"keys": [{}]}', published(), published(ENCRYPT)])
def test_what_is_no_key_set_is_refused(text):
    with pytest.raises(KeysError):
        signing_keys(text)


def test_a_file_is_replaced_only_where_it_differs(tmp_path):
    file = tmp_path / "keys.json"
    assert write(file, "one")
    inode = file.stat().st_ino
    assert not write(file, "one")
    assert file.stat().st_ino == inode
    assert write(file, "two")
    assert file.read_text() == "two"
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


def failing():
    raise KeysError("nobody answers")


def test_there_is_an_empty_set_until_the_keys_can_be_had_and_they_stay_when_they_cannot(tmp_path):
    file = tmp_path / "keys.json"
    said = []
    assert not refresh(file, failing, said.append)
    assert file.read_text() == NO_KEYS
    assert refresh(file, lambda: published(SIGN), said.append)
    assert [key["kid"] for key in json.loads(file.read_text())["keys"]] == ["b"]
    assert not refresh(file, failing, said.append)
    assert not refresh(file, lambda: "<html>", said.append)
    assert [key["kid"] for key in json.loads(file.read_text())["keys"]] == ["b"]
    assert any("nobody answers" in line for line in said)


def test_it_ends_when_it_is_told_to(tmp_path):
    authority = tmp_path / "ca.crt"
    authority.write_text("no certificate")
    file = tmp_path / "keys.json"
    given = {"KAFKA_KEYS_URL": "https://127.0.0.1:9/", "KAFKA_KEYS_CA": str(authority), "KAFKA_TOKEN_KEYS": str(file)}
    program = Path(kafka_keys.__file__)
    with subprocess.Popen([sys.executable, program], env={**os.environ, **given}) as process:
        deadline = time.monotonic() + 20
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert file.read_text() == NO_KEYS


def test_a_missing_variable_is_named(monkeypatch, capsys):
    monkeypatch.delenv("KAFKA_KEYS_URL", raising=False)
    assert kafka_keys.main() == 2
    assert "KAFKA_KEYS_URL" in capsys.readouterr().err
