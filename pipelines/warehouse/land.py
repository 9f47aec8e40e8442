"""ELT, first part: the topic into MongoDB as it comes. A record has its place in the topic as `_id`: what is there is left out.

Inserted and not upserted: FerretDB reads the whole collection for each document that it is to replace.
"""

from warehouse.documents import documents_of, without_those_there
from warehouse.log import log
from warehouse.session import session
from warehouse.settings import TOPIC, kafka_options, mongodb_options, secret
from warehouse.topic import describe


def land() -> None:
    spark = session("flights-land")
    kafka = kafka_options(secret("kafka"))
    mongodb = mongodb_options(secret("mongodb"))
    topic = describe(spark, kafka, TOPIC)

    records = spark.read.format("kafka").options(**kafka, subscribe=topic.name, startingOffsets="earliest").load()
    missing = without_those_there(documents_of(records, topic.id), spark, mongodb).persist()
    missing.write.format("mongodb").options(**mongodb, operationType="insert", ordered="false").mode("append").save()
    log("landed", records=missing.count())
    spark.stop()
