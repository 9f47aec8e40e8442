"""Kafka: settings, topics, whole-topic reads."""

from collections.abc import Mapping
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from .errors import PipelineError
from .log import log
from .retry import PATIENCE_SECONDS, retrying

TOPIC = "flights"
DEAD_LETTER_TOPIC = "flights-dead-letter"
LOADER_GROUP = "flights-loader"
COUNTER_GROUP = "flights-counter"

_REQUEST_SECONDS = 15.0
_HOPELESS = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError._AUTO_OFFSET_RESET,
    }
)

Settings = dict[str, object]


class Bounds(NamedTuple):
    low: int
    """Offset of the first record that is still there."""
    high: int
    """Offset that the next record will get."""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """What every client needs, from KAFKA_BOOTSTRAP, KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_CA (a PEM file)."""
    names = ("KAFKA_BOOTSTRAP", "KAFKA_USERNAME", "KAFKA_PASSWORD", "KAFKA_CA")
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise PipelineError(f"Environment lacks {', '.join(missing)}.")
    bootstrap, username, password, ca = (environment[name] for name in names)
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": username,
        "sasl.password": password,
        "ssl.ca.location": ca,
        "client.id": username,
        "error_cb": lambda error: log("kafka-error", reason=error.str()),
        # The errors come by the callback; librdkafka's own lines on standard error would say them again.
        "log_level": 2,
    }


def idempotent_producer(settings: Settings) -> Producer:
    """A producer whose retries neither repeat nor reorder; keys go to the partitions that Java clients choose, too."""
    return Producer(
        {
            **settings,
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": 50,
            "message.timeout.ms": int(PATIENCE_SECONDS * 1000),
        }
    )


def topic_id(settings: Settings, topic: str) -> str:
    """Kafka's own id of the topic: another one after the topic was deleted and made again."""
    admin = AdminClient(settings)

    def describe() -> str:
        futures = admin.describe_topics(TopicCollection([topic]), request_timeout=_REQUEST_SECONDS)
        return str(futures[topic].result().topic_id)

    return retrying(f"describe topic {topic}", describe, KafkaException)


def bounds_of(consumer: Consumer, topic: str) -> dict[int, Bounds]:
    """First and next offset of each partition, now."""

    def ask() -> dict[int, Bounds]:
        metadata = consumer.list_topics(topic, timeout=_REQUEST_SECONDS).topics[topic]
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        return {
            partition: Bounds(*consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=_REQUEST_SECONDS))
            for partition in sorted(metadata.partitions)
        }

    return retrying(f"offsets of topic {topic}", ask, KafkaException)


def without_errors(messages: list[Message]) -> list[Message]:
    """The real messages; an error that waiting cannot mend is raised, others are logged (librdkafka retries by itself)."""
    for message in messages:
        error = message.error()
        if error is None:
            continue
        if error.fatal() or error.code() in _HOPELESS:
            raise PipelineError(f"Kafka topic {message.topic()} partition {message.partition()}: {error.str()}")
        log("kafka-error", reason=error.str())
    return [message for message in messages if message.error() is None]
