"""The collection that `land` writes and `elt` reads: a document is a record of the topic, as it came.

Its `_id` is the place of the record: TOPIC-PARTITION-OFFSET, where the topic's id holds letters, digits, `_` and `-` itself.
`timestamp` is Kafka's, in milliseconds of Unix time.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SCHEMA = "_id STRING, `timestamp` BIGINT, key BINARY, value BINARY"
_PLACE = r"'^(.*)-([0-9]+)-([0-9]+)$'"
# FerretDB 1.24 knows no $collStats and no sample, by which the connector would split a collection and guess a schema.
_PARTITIONER = "com.mongodb.spark.sql.connector.read.partitioner.SinglePartitionPartitioner"


def documents_of(records: "DataFrame", topic_id: str) -> "DataFrame":
    """The documents of Kafka's records."""
    return records.selectExpr(
        f"concat_ws('-', '{topic_id}', `partition`, `offset`) AS _id",
        "unix_millis(`timestamp`) AS `timestamp`",
        "key",
        "value",
    )


def read_documents(spark: "SparkSession", mongodb: Mapping[str, str]) -> "DataFrame":
    """`topic_id`, `partition`, `offset`, `timestamp`, `key` and `value`, as the record had them. Documents that are older
    than the field have the begin of Unix time, as rows of the star that are older than its column."""
    found = _read(spark, mongodb, _SCHEMA).repartition(max(spark.sparkContext.defaultParallelism, 2))
    return found.selectExpr(
        f"regexp_extract(_id, {_PLACE}, 1) AS topic_id",
        f"CAST(regexp_extract(_id, {_PLACE}, 2) AS INT) AS `partition`",
        f"CAST(regexp_extract(_id, {_PLACE}, 3) AS BIGINT) AS `offset`",
        "timestamp_millis(coalesce(`timestamp`, 0)) AS `timestamp`",
        "key",
        "value",
    )


def without_those_there(documents: "DataFrame", spark: "SparkSession", mongodb: Mapping[str, str]) -> "DataFrame":
    """Those of the documents that the collection has not. Nothing is compared where it is empty, as at the first time."""
    there = _read(spark, mongodb, "_id STRING")
    return documents if there.isEmpty() else documents.join(there, "_id", "left_anti")


def _read(spark: "SparkSession", mongodb: Mapping[str, str], schema: str) -> "DataFrame":
    return spark.read.format("mongodb").options(**mongodb, partitioner=_PARTITIONER).schema(schema).load()
