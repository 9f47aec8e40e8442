"""From the records of the topic to flights, each with the reason why it is none."""

from typing import TYPE_CHECKING

from warehouse.schema import canonical, ddl, key, limits, literal, read_schema, shape

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

AIRLINES = "file:///data/airlines.csv"
AIRPORTS = "file:///data/airports.csv"

PLACE = ("`partition`", "`offset`", "`timestamp`")
"""What says which record of the topic a row comes from, and when Kafka took it."""

_RIGHT = "right"
"""Stands for the shape of a value that need not be looked at again."""


def decode(records: "DataFrame") -> "DataFrame":
    """`partition`, `offset`, `timestamp`, the flight's fields, and `reason`: null for a flight, else why the record is none
    (`value`, `json`, `schema` or `key`), by the rules of pipelines/flights. One is narrower: 5.0 is no integer. `key` and `value`
    (both binary) of what is none; null for a flight, which its fields say whole."""
    fields = read_schema()
    text = records.selectExpr(*PLACE, "key", "value", "CAST(value AS STRING) AS text")
    # A value that is not as our producer writes it is read for its types, too. Spark's parser stops at the end of a value; what
    # stands whole in a list and in an object has nothing after it.
    parsed = text.selectExpr(
        *PLACE,
        "key",
        "value",
        f"""CASE WHEN text RLIKE {literal(canonical(fields))} THEN '{_RIGHT}'
            WHEN try_parse_json('{{"value":' || text || '}}') IS NOT NULL
            THEN schema_of_variant(try_parse_json('[' || text || ']')) END AS shape""",
        f"from_json(text, {literal(ddl(fields))}) AS flight",
    )
    flat = parsed.selectExpr(*PLACE, "key", "value", "shape", *(f"flight.{name} AS {name}" for name in fields))
    reason = f"""CASE
        WHEN value IS NULL THEN 'value'
        WHEN shape IS NULL THEN 'json'
        WHEN shape != '{_RIGHT}' AND NOT shape RLIKE {literal(shape(fields))} THEN 'schema'
        WHEN NOT coalesce({limits(fields)}, false) THEN 'schema'
        WHEN key IS NULL OR CAST(key AS STRING) != {key()} THEN 'key'
    END AS reason"""
    judged = flat.selectExpr(*PLACE, "key", "value", *fields, reason)
    kept = (f"CASE WHEN reason IS NOT NULL THEN {column} END AS {column}" for column in ("key", "value"))
    return judged.selectExpr(*PLACE, *kept, *fields, "reason")


def airlines(spark: "SparkSession") -> "DataFrame":
    return _csv(spark, AIRLINES, "carrier STRING, name STRING")


def airports(spark: "SparkSession") -> "DataFrame":
    schema = "faa STRING, name STRING, lat DOUBLE, lon DOUBLE, alt INT, tz INT, dst STRING, tzone STRING"
    return _csv(spark, AIRPORTS, schema).withColumnRenamed("faa", "airport")


def _csv(spark: "SparkSession", path: str, schema: str) -> "DataFrame":
    return spark.read.schema(schema).options(header=True, nullValue="NA", mode="FAILFAST").csv(path)


def joined(flights: "DataFrame", spark: "SparkSession") -> "DataFrame":
    """Flights with the names of carrier and airports, null where they are not known. The lists are small: no row moves for it."""
    from pyspark.sql.functions import broadcast

    carriers = airlines(spark).selectExpr("carrier", "name AS carrier_name")
    names = airports(spark).selectExpr("airport", "name")
    result = flights.join(broadcast(carriers), "carrier", "left")
    for end in ("origin", "dest"):
        named = names.selectExpr(f"airport AS {end}", f"name AS {end}_name")
        result = result.join(broadcast(named), end, "left")
    return result
