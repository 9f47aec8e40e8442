"""ELT, first part: the topic into MongoDB as it comes. A record has its place in the topic as `_id`: again it changes nothing."""

from typing import TYPE_CHECKING

from warehouse.log import log
from warehouse.session import session
from warehouse.settings import LAKE, TOPIC, kafka_options, mongodb_options, secret
from warehouse.topic import describe

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

BATCH = 50_000
"""Records of one micro-batch at most."""


def land() -> None:
    spark = session("flights-land")
    kafka = kafka_options(secret("kafka"))
    mongodb = mongodb_options(secret("mongodb"))
    topic = describe(spark, kafka, TOPIC)

    def micro_batch(records: "DataFrame", batch: int) -> None:
        documents = records.selectExpr(
            f"concat_ws('-', '{topic.id}', CAST(`partition` AS STRING), CAST(`offset` AS STRING)) AS _id",
            f"'{topic.id}' AS topic_id",
            "`partition`",
            "`offset`",
            "key",
            "value",
        )
        documents.write.format("mongodb").options(**mongodb, operationType="replace", upsertDocument="true").mode("append").save()
        log("landed", batch=batch)

    stream = spark.readStream.format("kafka").options(
        **kafka, subscribe=topic.name, startingOffsets="earliest", maxOffsetsPerTrigger=BATCH
    )
    query = stream.load().writeStream.foreachBatch(micro_batch)
    query = query.option("checkpointLocation", f"{LAKE}/checkpoints/land/{topic.id}")
    query.trigger(availableNow=True).start().awaitTermination()
    spark.stop()
