"""What Kafka says of the topic."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from warehouse.problems import WarehouseError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_EARLIEST = -2
"""Stands for the first record that is still there, in Spark's source."""


class Topic(NamedTuple):
    name: str
    id: str
    """Another one after the topic was deleted and made again."""
    partitions: int


def describe(spark: "SparkSession", options: Mapping[str, str], name: str) -> Topic:
    """By the client of the connector, which is in the driver's virtual machine."""
    from py4j.protocol import Py4JJavaError

    jvm = spark.sparkContext._jvm
    properties = jvm.java.util.Properties()
    for key, value in options.items():
        if key.startswith("kafka."):
            properties.setProperty(key.removeprefix("kafka."), value)
    admin = jvm.org.apache.kafka.clients.admin.AdminClient.create(properties)
    try:
        names = jvm.java.util.Collections.singletonList(name)
        description = admin.describeTopics(names).allTopicNames().get().get(name)
        return Topic(name, description.topicId().toString(), description.partitions().size())
    except Py4JJavaError as error:
        raise WarehouseError(f"Kafka topic {name}: {error.java_exception.getMessage()}") from error
    finally:
        admin.close()


def starting_offsets(topic: Topic, positions: Mapping[int, int]) -> dict[str, dict[str, int]]:
    """Where each partition is read from: its position, or the first record that is there where it has none."""
    return {topic.name: {str(partition): positions.get(partition, _EARLIEST) for partition in range(topic.partitions)}}
