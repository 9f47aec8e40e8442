from fakes import FakeMessage

from flights.dead_letter import MAX_VALUE_BYTES, letter
from flights.record import BadRecord

REASON = BadRecord("json", "unexpected end of data")


def test_a_letter_says_what_was_wrong_and_where():
    key, value, headers = letter(FakeMessage(b"key", b"{", 3, 42), REASON)
    assert key == b"flights-3-42"
    assert value == b"{"
    assert dict(headers) == {
        "reason": b"json",
        "detail": b"unexpected end of data",
        "source.topic": b"flights",
        "source.partition": b"3",
        "source.offset": b"42",
        "source.timestamp": b"1700000000000",
        "source.length": b"1",
        "source.key": b"key",
    }


def test_no_value_is_not_written_as_no_value():
    _, value, headers = letter(FakeMessage(None, None), REASON)
    assert value == b""
    assert dict(headers)["source.length"] == b"null"
    assert "source.key" not in dict(headers)


def test_a_letter_stays_below_the_limit_of_a_message():
    huge = b"x" * 1_000_000
    _, value, headers = letter(FakeMessage(huge, huge), BadRecord("schema", "y" * 100_000))
    assert len(value) == MAX_VALUE_BYTES
    assert sum(len(text) for _, text in headers) < 4096
    assert dict(headers)["source.length"] == b"1000000"
