"""Where bad records go, with what is needed to find and mend them."""

from confluent_kafka import Message, Producer

from .errors import PipelineError
from .kafka import DEAD_LETTER_TOPIC
from .record import BadRecord
from .retry import PATIENCE_SECONDS

MAX_VALUE_BYTES = 512 * 1024
"""A damaged value is cut here, so that with its headers it stays below Kafka's message.max.bytes (1 MiB)."""
_MAX_TEXT_BYTES = 1024


class DeadLetters:
    """Writes bad records to the dead-letter topic.

    Their key is `topic-partition-offset` of the source. A loader that dies between here and its commit writes them
    again under the same keys: count distinct keys.
    """

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    def send(self, bad: list[tuple[Message, BadRecord]]) -> None:
        """Return when Kafka has all of them."""
        failures: list[str] = []

        def delivered(error: object, _message: Message) -> None:
            if error is not None:
                failures.append(str(error))

        for message, reason in bad:
            key, value, headers = letter(message, reason)
            self._producer.produce(DEAD_LETTER_TOPIC, value, key, headers=headers, on_delivery=delivered)
        left = self._producer.flush(PATIENCE_SECONDS)
        if left > 0 or failures:
            raise PipelineError(f"Kafka topic {DEAD_LETTER_TOPIC}: {left + len(failures)} records not written: {failures[:1]}")


def letter(message: Message, reason: BadRecord) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, value and headers of a dead letter. The value is the source's, never null: null would delete in a compacted topic."""
    value = message.value() or b""
    source = f"{message.topic()}-{message.partition()}-{message.offset()}"
    headers = {
        "reason": reason.reason,
        "detail": reason.detail,
        "source.topic": message.topic(),
        "source.partition": message.partition(),
        "source.offset": message.offset(),
        "source.timestamp": message.timestamp()[1],
        "source.length": "null" if message.value() is None else len(value),
    }
    texts = [(name, str(text).encode()[:_MAX_TEXT_BYTES]) for name, text in headers.items()]
    if message.key() is not None:
        texts.append(("source.key", message.key()[:_MAX_TEXT_BYTES]))
    return source.encode(), value[:MAX_VALUE_BYTES], texts
