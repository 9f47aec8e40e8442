"""What a flight looks like in the CSV file, in a Kafka message and as a row. Pure."""

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import NamedTuple

import fastjsonschema
import orjson

SCHEMA_NAME = "flight.v1"
SCHEMA = orjson.loads(files("flights").joinpath("schemas", f"{SCHEMA_NAME}.json").read_bytes())
COLUMNS: tuple[str, ...] = tuple(SCHEMA["properties"])
KEY_COLUMNS = ("time_hour", "carrier", "flight")

_NOT_KNOWN = "NA"
_INTEGERS = frozenset(name for name, rule in SCHEMA["properties"].items() if "integer" in rule["type"])
_KEY_POSITIONS = tuple(COLUMNS.index(name) for name in KEY_COLUMNS)
_validate = fastjsonschema.compile(SCHEMA)

Row = tuple[int | str | None, ...]


class Flight(NamedTuple):
    key: str
    """`time_hour/carrier/flight`: (year, month, day, carrier, flight) would not be unique."""
    row: Row
    """Values in the order of COLUMNS."""


class BadRecord(ValueError):
    """A record that no flight can be read from."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        """One of `value`, `json`, `schema`, `key`."""
        self.detail = detail


def key_of(row: Row) -> str:
    return "/".join(str(row[position]) for position in _KEY_POSITIONS)


def from_csv(fields: Mapping[str, str]) -> dict[str, int | str | None]:
    """Read the fields of a CSV line; `BadRecord` where one breaks the schema."""
    try:
        flight = {
            name: None if fields[name] == _NOT_KNOWN else int(fields[name]) if name in _INTEGERS else fields[name]
            for name in COLUMNS
        }
    except ValueError as error:
        raise BadRecord("schema", str(error)) from error
    _check(flight)
    return flight


def encode(flight: Mapping[str, int | str | None]) -> tuple[bytes, bytes]:
    """Key and value of the message that carries a flight."""
    row = tuple(flight[name] for name in COLUMNS)
    return key_of(row).encode(), orjson.dumps(flight)


def decode(key: bytes | None, value: bytes | None) -> Flight:
    """Read a message; `BadRecord` where it is damaged, breaks the schema or lies under a wrong key."""
    if value is None:
        raise BadRecord("value", "there is none")
    try:
        flight = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise BadRecord("json", str(error)) from error
    _check(flight)
    # JSON Schema takes 5.0 for an integer, PostgreSQL's COPY does not.
    row = tuple(int(flight[name]) if type(flight[name]) is float else flight[name] for name in COLUMNS)
    expected = key_of(row)
    if key is None or key != expected.encode():
        raise BadRecord("key", f"is {key!r:.100} and should be {expected}")
    return Flight(expected, row)


def _check(flight: object) -> None:
    try:
        _validate(flight)
        datetime.fromisoformat(flight["time_hour"])
    except fastjsonschema.JsonSchemaValueException as error:
        raise BadRecord("schema", error.message) from error
    except ValueError as error:
        raise BadRecord("schema", f"data.time_hour: {error}") from error
