"""ETL: from Kafka to the star schema in PostgreSQL, exactly once in effect.

Executors write a load into staging tables; one transaction then upserts it and moves the positions by compare-and-set. A load
that died left nothing, and one that comes twice is fenced. The positions belong to the tables and are the only memory: Spark's
checkpoint ends with the run, since one that is kept would be ahead of tables that were restored.
"""

import json
import time
from typing import TYPE_CHECKING, Literal

from warehouse.decode import decode
from warehouse.load import load, prepare
from warehouse.log import log
from warehouse.postgres import Star
from warehouse.session import session
from warehouse.settings import TOPIC, kafka_options, secret
from warehouse.topic import describe, starting_offsets

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

WAY = "etl"
BATCH = 200_000
"""Records of one micro-batch at most."""


def etl(form: Literal["batch", "stream"]) -> None:
    spark = session(f"flights-etl-{form}")
    began = time.monotonic()
    values = secret("postgres")
    kafka = kafka_options(secret("kafka"))
    star = Star(WAY, values)
    prepare(star, spark)
    topic = describe(spark, kafka, TOPIC)
    starting = json.dumps(starting_offsets(topic, star.positions(topic.id)))
    source = {**kafka, "subscribe": topic.name, "startingOffsets": starting}

    brought = 0

    def bring(records: "DataFrame", _: int = 0) -> None:
        nonlocal brought
        decoded = decode(records).persist()
        try:
            done = load(decoded, topic.id, star, values)
        finally:
            decoded.unpersist()
        brought += 0 if done is None else done.records

    if form == "batch":
        bring(spark.read.format("kafka").options(**source, endingOffsets="latest").load())
    else:
        stream = spark.readStream.format("kafka").options(**source, maxOffsetsPerTrigger=BATCH).load()
        stream.writeStream.foreachBatch(bring).trigger(availableNow=True).start().awaitTermination()
    if brought == 0:
        log("nothing new")
    else:
        # From the session on: how long pods take to start is not Spark's. `scripts/bench etl` reads it.
        log("done", records=brought, seconds=round(time.monotonic() - began, 1))
    spark.stop()
