"""The collection that `land` writes and `elt` reads."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SCHEMA = "_id STRING, topic_id STRING, `partition` INT, `offset` BIGINT, key BINARY, value BINARY"
# FerretDB 1.24 knows no $collStats and no sample, by which the connector would split a collection and guess a schema.
_PARTITIONER = "com.mongodb.spark.sql.connector.read.partitioner.SinglePartitionPartitioner"


def read_documents(spark: "SparkSession", mongodb: Mapping[str, str]) -> "DataFrame":
    return _read(spark, mongodb, _SCHEMA).repartition(max(spark.sparkContext.defaultParallelism, 2))


def read_ids(spark: "SparkSession", mongodb: Mapping[str, str]) -> "DataFrame":
    return _read(spark, mongodb, "_id STRING")


def _read(spark: "SparkSession", mongodb: Mapping[str, str], schema: str) -> "DataFrame":
    return spark.read.format("mongodb").options(**mongodb, partitioner=_PARTITIONER).schema(schema).load()
