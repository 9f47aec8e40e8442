"""The schema of a flight, as it stands in pipelines/flights, in Spark's SQL. Pure: nothing here needs Spark."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

SCHEMA_FILE = Path(os.environ.get("FLIGHT_SCHEMA", Path(__file__).parents[1] / "flights" / "schemas" / "flight.v1.json"))
KEY_COLUMNS = ("time_hour", "carrier", "flight")

Rule = Mapping[str, object]


def read_schema(path: Path = SCHEMA_FILE) -> dict[str, Rule]:
    """Rules by field, in the order of the CSV file's columns."""
    return json.loads(path.read_text())["properties"]


def types_of(rule: Rule) -> list[str]:
    types = rule["type"]
    return [types] if isinstance(types, str) else list(types)


def ddl(fields: Mapping[str, Rule]) -> str:
    """Schema of `from_json`."""
    return ", ".join(f"{name} {'INT' if 'integer' in types_of(rule) else 'STRING'}" for name, rule in fields.items())


_VARIANT = {"integer": "BIGINT", "string": "STRING", "null": "VOID"}


def shape(fields: Mapping[str, Rule]) -> str:
    """Pattern of what `schema_of_variant` says of a list of one value that has all fields, no other, each of a right type."""
    parts = (f"{name}: ({'|'.join(_VARIANT[kind] for kind in types_of(fields[name]))})" for name in sorted(fields))
    return f"^ARRAY<OBJECT<{', '.join(parts)}>>$"


_CANONICAL = {"integer": "0|-?[1-9][0-9]{0,8}", "string": r'"[^"\\\x00-\x1f]*"', "null": "null"}


def canonical(fields: Mapping[str, Rule]) -> str:
    """Pattern of a value of the right shape as our own producer writes it: fields in their order, no space, no escape, integers
    of up to nine digits."""
    parts = (f'"{name}":({"|".join(_CANONICAL[kind] for kind in types_of(rule))})' for name, rule in fields.items())
    return f"^\\{{{','.join(parts)}\\}}$"


def limits(fields: Mapping[str, Rule]) -> str:
    """Condition that a value of the right shape keeps to."""
    return " AND ".join(f"({condition})" for name, rule in fields.items() for condition in _conditions(name, rule))


def _conditions(name: str, rule: Rule) -> list[str]:
    conditions = []
    if "minimum" in rule:
        conditions.append(f"{name} >= {rule['minimum']}")
    if "maximum" in rule:
        conditions.append(f"{name} <= {rule['maximum']}")
    if "pattern" in rule:
        conditions.append(f"{name} RLIKE {literal(str(rule['pattern']))}")
    if name == "time_hour":
        conditions.append(f"try_to_timestamp({name}) IS NOT NULL")
    known = " AND ".join(conditions)
    if "null" in types_of(rule):
        return [f"{name} IS NULL OR ({known})"] if known else []
    return [f"{name} IS NOT NULL", *([known] if known else [])]


def key() -> str:
    """What the key of the record must be."""
    return f"concat_ws('/', {', '.join(f'CAST({name} AS STRING)' for name in KEY_COLUMNS)})"


def literal(text: str) -> str:
    """A string of Spark's SQL, taken as it is."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
