"""ELT: the topic to MongoDB as it comes, and from its documents tables of the lake, and a copy in PostgreSQL to compare with ETL.

Tables and copy are made whole each time and take the place of what was there at once: readers see the old or the new.
"""

from typing import TYPE_CHECKING

from warehouse import lake
from warehouse.decode import PLACE, airlines, airports, decode, joined
from warehouse.documents import read_documents
from warehouse.land import land
from warehouse.load import load, prepare
from warehouse.log import log
from warehouse.postgres import KEY, LATEST, Star
from warehouse.problems import WarehouseError
from warehouse.schema import read_schema
from warehouse.session import session
from warehouse.settings import kafka_options, mongodb_options, secret

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

WAY = "elt"


def elt() -> None:
    spark = session("flights-elt")
    mongodb = mongodb_options(secret("mongodb"))
    topic_id = land(spark, kafka_options(secret("kafka")), mongodb)
    values = secret("postgres")
    star = Star(WAY, values)
    prepare(star, spark)
    decoded = decode(read_documents(spark, mongodb).where(f"topic_id = '{topic_id}'")).persist()
    quality = load(decoded, topic_id, star, values, replace=True)
    flights = joined(decoded.where("reason IS NULL"), spark)
    tables = {
        "flights": latest(flights, several=quality is None or quality.duplicates > 0),
        "carriers": airlines(spark),
        "airports": airports(spark),
        "rejected": decoded.where("reason IS NOT NULL").selectExpr("`partition`", "`offset`", "reason", "key", "value"),
    }
    for table, frame in tables.items():
        rows = lake.publish(spark, table, frame)
        log("published", table=table, rows=rows)
        if table == "flights" and quality is not None and rows != quality.flights:
            raise WarehouseError(f"The lake has {rows} flights, PostgreSQL {quality.flights}.")
    spark.stop()


def latest(flights: "DataFrame", *, several: bool) -> "DataFrame":
    """One row a flight, with the warehouse's types. Where there are `several`, the last record holds, as in PostgreSQL."""
    columns = ["to_timestamp(time_hour) AS time_hour" if name == "time_hour" else f"`{name}`" for name in (*read_schema(),)]
    rows = flights.selectExpr(*columns, "carrier_name", "origin_name", "dest_name", *PLACE)
    if not several:
        return rows
    order = ", ".join(f"`{name}` DESC" for name in LATEST)
    place = f"row_number() OVER (PARTITION BY {', '.join(KEY)} ORDER BY {order}) AS place"
    return rows.selectExpr("*", place).where("place = 1").drop("place")
