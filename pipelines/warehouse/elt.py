"""ELT, second part: from the documents of MongoDB to tables of the lake, and a copy in PostgreSQL to compare with ETL.

Both are made whole each time and take the place of what was there at once: readers see the old or the new.
"""

from typing import TYPE_CHECKING

from warehouse import lake
from warehouse.decode import airlines, airports, decode, joined
from warehouse.documents import read_documents
from warehouse.load import load, prepare
from warehouse.log import log
from warehouse.postgres import Star
from warehouse.problems import WarehouseError
from warehouse.schema import read_schema
from warehouse.session import session
from warehouse.settings import mongodb_options, secret

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

WAY = "elt"


def elt() -> None:
    spark = session("flights-elt")
    values = secret("postgres")
    star = Star(WAY, values)
    prepare(star, spark)
    documents = read_documents(spark, mongodb_options(secret("mongodb"))).persist()
    topic_id = newest_topic(documents)
    records = documents.where(f"topic_id = '{topic_id}'")
    decoded = decode(records).persist()
    quality = load(decoded, topic_id, star, values, replace=True)
    flights = joined(decoded.where("reason IS NULL"), spark)
    tables = {
        # The last record of a flight holds, as in PostgreSQL.
        "flights": latest(flights),
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


def newest_topic(documents: "DataFrame") -> str:
    """The collection may still hold records of a topic that was deleted and made again."""
    ids = [row["topic_id"] for row in documents.select("topic_id").distinct().collect()]
    if len(ids) != 1:
        raise WarehouseError(f"The collection holds records of {len(ids)} topics. Land one, or drop those of the others: {ids}")
    return ids[0]


def latest(flights: "DataFrame") -> "DataFrame":
    """One row a flight, with the types that the warehouse has."""
    columns = ["to_timestamp(time_hour) AS time_hour" if name == "time_hour" else f"`{name}`" for name in (*read_schema(),)]
    names = ["carrier_name", "origin_name", "dest_name", "`partition`", "`offset`"]
    ranked = flights.selectExpr(
        *columns,
        *names,
        "row_number() OVER (PARTITION BY time_hour, carrier, flight ORDER BY `partition`, `offset` DESC) AS place",
    )
    return ranked.where("place = 1").drop("place")
