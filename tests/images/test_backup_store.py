import hashlib
import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from backup_plan import BackupError
from backup_store import PART_BYTES, Bucket, encoded, exactly, signed

EMPTY = hashlib.sha256(b"").hexdigest()
# https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, the example of ListObjects
EXAMPLE = SimpleNamespace(region="us-east-1", access="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def test_signatures_are_those_of_amazons_own_example():
    now = datetime(2013, 5, 24, tzinfo=UTC)
    url = "https://examplebucket.s3.amazonaws.com/"
    headers = signed("GET", url, {"max-keys": "2", "prefix": "J"}, EMPTY, EXAMPLE, now)
    signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    assert headers["authorization"].endswith(f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}")


def test_queries_are_sorted_and_encoded_as_they_are_signed():
    assert encoded({"uploads": "", "prefix": "postgres/a b"}) == "prefix=postgres%2Fa%20b&uploads="


def test_exactly_fills_up_from_short_reads():
    class Short(io.BytesIO):
        def read(self, amount):
            return super().read(min(amount, 3))

    assert exactly(Short(b"abcdefgh"), 7) == b"abcdefg"
    assert exactly(Short(b"ab"), 7) == b"ab"


class FakeStore(Bucket):
    """Answers as an S3 store does to an upload in parts, and to lists of two keys a page."""

    def __init__(self, fail_at=None, keys=()):
        self.calls = []
        self.parts = {}
        self.fail_at = fail_at
        self.keys = list(keys)

    def _call(self, method, key, query=None, content=b""):
        query = query or {}
        self.calls.append((method, key, dict(query)))
        if "list-type" in query:
            start = int(query.get("continuation-token", 0))
            found = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in self.keys[start : start + 2])
            more = start + 2 < len(self.keys)
            token = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if more else ""
            text = f'<R xmlns="http://s3/"><IsTruncated>{str(more).lower()}</IsTruncated>{found}{token}</R>'
            return text.encode(), {}
        if "uploads" in query:
            return b'<R xmlns="http://s3/"><UploadId>7</UploadId></R>', {}
        if "partNumber" in query:
            if int(query["partNumber"]) == self.fail_at:
                raise BackupError("the disk is full")
            self.parts[int(query["partNumber"])] = content
            return b"", {"ETag": f'"{query["partNumber"]}"'}
        return b"", {}


def test_an_upload_goes_in_parts_and_is_there_when_the_last_one_is():
    content = b"x" * (PART_BYTES + 5)
    store = FakeStore()
    assert store.upload("a.dump", io.BytesIO(content)) == (len(content), hashlib.sha256(content).hexdigest())
    assert b"".join(store.parts[number] for number in sorted(store.parts)) == content
    assert store.calls[-1] == ("POST", "a.dump", {"uploadId": "7"})


def test_an_upload_that_fails_is_given_up_and_leaves_nothing():
    store = FakeStore(fail_at=2)
    with pytest.raises(BackupError, match="disk"):
        store.upload("a.dump", io.BytesIO(b"x" * (PART_BYTES + 5)))
    assert store.calls[-1] == ("DELETE", "a.dump", {"uploadId": "7"})


class Answering(Bucket):
    """Each request has this answer; none is sent."""

    def __init__(self, status=200, pieces=(), error=None):
        super().__init__(SimpleNamespace(), "backups")
        self.status = status
        self.pieces = list(pieces)
        self.error = error
        self.closed = False

    def _send(self, *_):
        if self.error is not None:
            raise self.error
        return self, self

    def read(self, _amount=None):
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, OSError):
            raise piece
        return piece

    def close(self):
        self.closed = True


def test_an_object_is_read_piece_by_piece():
    store = Answering(pieces=[b"first", b"second"])
    assert list(store.open("a.dump")) == [b"first", b"second"]
    assert store.closed


@pytest.mark.parametrize(
    ("store", "why"),
    [
        (Answering(error=ConnectionRefusedError("refused")), "refused"),
        (Answering(pieces=[b"first", ConnectionResetError("reset")]), "reset"),
        (Answering(status=404, pieces=[b"no such key"]), "404.*no such key"),
    ],
)
def test_an_object_that_cannot_be_read_is_an_error_of_the_backup(store, why):
    with pytest.raises(BackupError, match=why):
        list(store.open("a.dump"))
    assert store.closed is (store.error is None)


def test_an_answer_that_is_cut_within_a_letter_is_told_all_the_same():
    store = Answering(status=403, pieces=[("x" + "é" * 300).encode()])
    with pytest.raises(BackupError, match="403"):
        store.get("a.dump")


def test_lists_are_read_to_their_end():
    names = [f"postgres/{number}" for number in range(5)]
    assert list(FakeStore(keys=names).keys_below("postgres/")) == names
