"""`produce`: from the CSV file to Kafka."""

import os
from collections.abc import Callable
from pathlib import Path

from confluent_kafka import Message

from .errors import PipelineError, Stopped
from .kafka import TOPIC, idempotent_producer, settings_from
from .log import Progress
from .record import SCHEMA_NAME, encode
from .retry import PATIENCE_SECONDS
from .source import read_flights

HEADERS = [("schema", SCHEMA_NAME.encode())]
_FULL_QUEUE_SECONDS = 0.5


def produce(data: Path, stopping: Callable[[], bool]) -> None:
    """Send every flight; return when Kafka has them all. A second run sends them again, under the same keys."""
    producer = idempotent_producer(settings_from(os.environ))
    failures: list[str] = []
    progress = Progress("produce")

    def delivered(error: object, _message: Message) -> None:
        if error is None:
            progress.add(1)
        else:
            failures.append(str(error))

    for flight in read_flights(data):
        if failures or stopping():
            break
        key, value = encode(flight)
        while True:
            try:
                producer.produce(TOPIC, value, key, headers=HEADERS, on_delivery=delivered)
                break
            except BufferError:
                producer.poll(_FULL_QUEUE_SECONDS)
        producer.poll(0)
    left = producer.flush(PATIENCE_SECONDS)
    if left > 0 or failures:
        raise PipelineError(f"Kafka topic {TOPIC}: {left + len(failures)} records not written: {failures[:1]}")
    if stopping():
        raise Stopped
    progress.finish()
