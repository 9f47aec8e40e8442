"""ELT, first part: the topic into MongoDB as it comes. A record has its place in the topic as `_id`: what is there is left out.

Inserted and not upserted: FerretDB reads the whole collection for each document that it is to replace.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse.documents import documents_of, without_those_there
from warehouse.log import log
from warehouse.settings import TOPIC
from warehouse.topic import describe

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def land(spark: "SparkSession", kafka: Mapping[str, str], mongodb: Mapping[str, str]) -> str:
    """Answers the topic's id: the collection may still hold records of one that was deleted and made again."""
    topic = describe(spark, kafka, TOPIC)
    records = spark.read.format("kafka").options(**kafka, subscribe=topic.name, startingOffsets="earliest").load()
    missing = without_those_there(documents_of(records, topic.id), spark, mongodb).persist()
    missing.write.format("mongodb").options(**mongodb, operationType="insert", ordered="false").mode("append").save()
    log("landed", records=missing.count())
    missing.unpersist()
    return topic.id
