"""One load: records of the topic into the star schema. What both ways share."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from warehouse.decode import airlines, airports, joined
from warehouse.log import log
from warehouse.postgres import FACTS, KEY, Quality, Span, Star
from warehouse.problems import WarehouseError
from warehouse.settings import jdbc_options

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_WRITERS = 4
"""Connections that a load writes through at most; the database's limit is shared with others."""


def prepare(star: Star, spark: "SparkSession") -> None:
    star.prepare(
        ((row["carrier"], row["name"]) for row in airlines(spark).collect()),
        (tuple(row) for row in airports(spark).collect()),
    )


def spans_of(found: Mapping[int, tuple[int, int, int]], positions: Mapping[int, int]) -> dict[int, Span]:
    """How far each partition moves, from its first and last offset and the number of its records. The topic is neither compacted
    nor written by transactions, so its offsets have no holes: one means that records were lost."""
    spans = {}
    for partition, (first, last, count) in sorted(found.items()):
        start = positions.get(partition, 0)
        if first != start or last - first + 1 != count:
            raise WarehouseError(
                f"Partition {partition} has {count} records from {first} to {last}, and {start} is the next one: some were lost."
            )
        spans[partition] = Span(start, last + 1)
    return spans


def found_in(records: "DataFrame") -> dict[int, tuple[int, int, int]]:
    """First offset, last offset and number of records by partition."""
    from pyspark.sql.functions import count, max, min

    totals = records.groupBy("partition").agg(
        min("offset").alias("first"), max("offset").alias("last"), count("offset").alias("records")
    )
    rows = totals.collect()
    return {row["partition"]: (row["first"], row["last"], row["records"]) for row in rows}


def quality_of(decoded: "DataFrame", flights: "DataFrame") -> Quality:
    """What is in the records. `flights`: those without a reason, with the names of carriers and airports."""
    every = decoded.selectExpr("count(*) AS records", "count(reason) AS rejected").first()
    lacking = " OR ".join(f"{name} IS NULL" for name in KEY)
    good = flights.selectExpr(
        f"count(DISTINCT {', '.join(KEY)}) AS flights",
        "count(*) AS rows",
        f"count_if({lacking}) AS without_key",
        "count(DISTINCT CASE WHEN carrier_name IS NULL THEN carrier END) AS unknown_carriers",
        "size(array_union(collect_set(CASE WHEN origin_name IS NULL THEN origin END),"
        " collect_set(CASE WHEN dest_name IS NULL THEN dest END))) AS unknown_airports",
    ).first()
    return Quality(
        records=every["records"],
        flights=good["flights"],
        rejected=every["rejected"],
        duplicates=good["rows"] - good["flights"] - good["without_key"],
        without_key=good["without_key"],
        unknown_carriers=good["unknown_carriers"],
        unknown_airports=good["unknown_airports"],
    )


def stage(decoded: "DataFrame", flights: "DataFrame", star: Star, values: Mapping[str, str], load: UUID) -> None:
    """Rows from the executors, straight into the tables that nobody reads yet."""
    facts = flights.selectExpr(
        f"'{load}' AS load_id",
        *(_FACT.get(column, f"`{column}`") for column in FACTS),
    )
    bad = decoded.where("reason IS NOT NULL").selectExpr(
        f"'{load}' AS load_id", "`partition`", "`offset`", "reason", "key", "value"
    )
    for frame, table in ((facts, "staged_flight"), (bad, "staged_rejected")):
        # `unspecified` lets PostgreSQL take the text for a uuid.
        options = {**jdbc_options(values), "dbtable": f'"{star.intake}"."{table}"', "stringtype": "unspecified"}
        frame.write.format("jdbc").options(**options, numPartitions=str(_WRITERS)).mode("append").save()


def fewer(there: int, quality: Quality, way: str) -> list[str]:
    """Why what is there must not be replaced: where the topic was lost and made again, its old records do not come back."""
    if quality.flights >= there:
        return []
    return [
        f"The {there} flights in schema {way} would be replaced by {quality.flights}. If that is meant: "
        f"DROP SCHEMA {way} CASCADE, and run it again."
    ]


_FACT = {
    "time_hour": "to_timestamp(time_hour) AS time_hour",
    "date_key": "year * 10000 + month * 100 + day AS date_key",
}


def load(decoded: "DataFrame", topic_id: str, star: Star, values: Mapping[str, str], *, replace: bool = False) -> Quality | None:
    """Bring decoded records in: those from the positions on, or, with `replace`, all of them in place of what was there. They are
    looked at several times, so the caller keeps them in memory. None where there was nothing to do."""
    found = found_in(decoded)
    if not found and not replace:
        return None
    spans = spans_of(found, {} if replace else star.positions(topic_id))
    flights = joined(decoded.where("reason IS NULL"), decoded.sparkSession)
    quality = quality_of(decoded, flights)
    problems = quality.problems()
    if replace:
        problems += fewer(star.flights(), quality, star.way)
    if problems:
        raise WarehouseError(" ".join(problems))
    token = uuid4()
    stage(decoded, flights, star, values, token)
    if replace:
        star.replace(token, topic_id, quality)
    else:
        star.apply(token, topic_id, spans, quality)
    log("loaded", way=star.way, load=str(token), **vars(quality))
    return quality
