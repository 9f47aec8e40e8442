"""From Kafka messages to what one transaction writes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from confluent_kafka import Message

from .record import BadRecord, Row, decode


class Gap(Exception):
    """The next message of a partition is not the one at the stored position."""

    def __init__(self, partition: int, position: int, offset: int) -> None:
        super().__init__(f"partition {partition}: expected offset {position}, got {offset}")
        self.partition = partition
        self.position = position


class Move(NamedTuple):
    """A partition's position before and after a batch."""

    start: int
    end: int


@dataclass
class Batch:
    rows: dict[str, Row] = field(default_factory=dict)
    """By key, the last one wins: one statement may not write a row twice."""
    bad: list[tuple[Message, BadRecord]] = field(default_factory=list)
    moves: dict[int, Move] = field(default_factory=dict)


def collect(messages: Iterable[Message], positions: Mapping[int, int]) -> Batch:
    """Sort messages into rows and bad records, and say how far each partition moves.

    Messages of partitions without a position were fetched before a rebalance took them away: dropped. The topic is
    neither compacted nor written by transactions, so its offsets have no holes; a `Gap` means that messages from
    before a seek came late, or that Kafka lost some.
    """
    batch = Batch()
    for message in messages:
        partition, offset = message.partition(), message.offset()
        if partition not in positions:
            continue
        start, position = batch.moves.get(partition, Move(positions[partition], positions[partition]))
        if offset != position:
            raise Gap(partition, position, offset)
        batch.moves[partition] = Move(start, offset + 1)
        try:
            key, row = decode(message.key(), message.value())
        except BadRecord as error:
            batch.bad.append((message, error))
        else:
            batch.rows[key] = row
    return batch
