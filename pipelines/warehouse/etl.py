"""ETL: from Kafka to the star schema in PostgreSQL, exactly once in effect.

Executors write a load into staging tables; one transaction then upserts it and moves the positions by compare-and-set. A load
that died left nothing, one that comes twice is fenced, and neither needs the checkpoint to be right: positions belong to the
tables.
"""

import json
import time
from typing import TYPE_CHECKING, Literal

from warehouse.decode import decode
from warehouse.load import load, prepare
from warehouse.log import log
from warehouse.postgres import Quality, Star
from warehouse.schema import fresh
from warehouse.session import session
from warehouse.settings import LAKE, TOPIC, kafka_options, secret
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
    source = {**kafka, "subscribe": topic.name}

    def bring(records: "DataFrame") -> Quality | None:
        decoded = decode(records).persist()
        try:
            return load(decoded, topic.id, star, values)
        finally:
            decoded.unpersist()

    if form == "batch":
        start = json.dumps(starting_offsets(topic, star.positions(topic.id)))
        records = spark.read.format("kafka").options(**source, startingOffsets=start, endingOffsets="latest").load()
        done = bring(records)
    else:
        done = None

        def micro_batch(records: "DataFrame", batch: int) -> None:
            nonlocal done
            # After a crash between a load and its checkpoint the same records come again.
            done = bring(records.where(fresh(star.positions(topic.id))))
            log("micro-batch", batch=batch)

        stream = spark.readStream.format("kafka").options(**source, startingOffsets="earliest", maxOffsetsPerTrigger=BATCH).load()
        # A topic that was made again is read from its start.
        checkpoint = f"{LAKE}/checkpoints/{WAY}/{topic.id}"
        query = stream.writeStream.foreachBatch(micro_batch).option("checkpointLocation", checkpoint)
        query.trigger(availableNow=True).start().awaitTermination()
    if done is None:
        log("nothing new")
    else:
        # From the session on: how long pods take to start is not Spark's. `scripts/bench etl` reads it.
        log("done", records=done.records, seconds=round(time.monotonic() - began, 1))
    spark.stop()
