"""`load`: from Kafka to PostgreSQL, up to the end that the topic had at the start."""

import os
import time
from collections.abc import Callable

from confluent_kafka import Consumer, TopicPartition

from .batch import Gap, collect
from .dead_letter import DeadLetters
from .errors import PipelineError, Stopped
from .kafka import LOADER_GROUP, TOPIC, Bounds, bounds_of, idempotent_producer, settings_from, topic_id, without_errors
from .log import Progress, log
from .retry import PATIENCE_SECONDS
from .warehouse import Database, Fenced, Warehouse

BATCH = 10_000
POLL_SECONDS = 1.0


def load(stopping: Callable[[], bool]) -> None:
    """Load until every partition is where the topic ended when this began; other loaders' work counts, too."""
    settings = settings_from(os.environ)
    consumer = Consumer(
        {
            **settings,
            "group.id": LOADER_GROUP,
            # Positions are PostgreSQL's; Kafka's are a copy for tools that show lag.
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            # A killed loader's partitions are free after this; 45 s by default.
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 2_000,
        }
    )
    try:
        bounds = bounds_of(consumer, TOPIC)
        warehouse = Warehouse(Database(), topic_id(settings, TOPIC))
        warehouse.prepare({partition: bound.low for partition, bound in bounds.items()})
        check_bounds(warehouse.positions(), bounds)
        ends = {partition: bound.high for partition, bound in bounds.items()}
        Loader(consumer, warehouse, DeadLetters(idempotent_producer(settings))).run(ends, stopping)
    finally:
        consumer.close()


def check_bounds(positions: dict[int, int], bounds: dict[int, Bounds]) -> None:
    """Refuse a topic that has lost records: before they were loaded, or after."""
    for partition, (low, high) in bounds.items():
        if not low <= positions[partition] <= high:
            raise PipelineError(
                f"Kafka topic {TOPIC} partition {partition} has offsets {low} to {high}, but PostgreSQL waits for "
                f"{positions[partition]}: the topic lost records. Produce again, after "
                f"DELETE FROM flights_positions WHERE partition = {partition}."
            )


class Loader:
    """Takes part in the consumer group, starts each partition at the position that PostgreSQL has, writes batches."""

    def __init__(self, consumer: Consumer, warehouse: Warehouse, dead_letters: DeadLetters) -> None:
        self._consumer = consumer
        self._warehouse = warehouse
        self._dead_letters = dead_letters
        self._positions: dict[int, int] = {}
        self._gap: tuple[int, int] | None = None

    def run(self, ends: dict[int, int], stopping: Callable[[], bool]) -> None:
        stored = self._warehouse.positions()
        progress = Progress("load", total=sum(end - stored[partition] for partition, end in ends.items()))
        self._consumer.subscribe([TOPIC], on_assign=self._assigned, on_revoke=self._revoked)
        moved = time.monotonic()
        dead = 0
        while any(stored[partition] < end for partition, end in ends.items()):
            if stopping():
                raise Stopped
            dead += self._step()
            before, stored = stored, self._warehouse.positions()
            if stored != before:
                moved = time.monotonic()
                progress.add(sum(stored.values()) - sum(before.values()))
            elif time.monotonic() - moved > PATIENCE_SECONDS:
                raise PipelineError(f"Kafka topic {TOPIC}: no record for {PATIENCE_SECONDS:.0f} s, though some are left.")
        progress.finish(deadLetters=dead)

    def _step(self) -> int:
        """Load what one poll brings; the number of dead letters in it."""
        messages = without_errors(self._consumer.consume(BATCH, POLL_SECONDS))
        try:
            batch = collect(messages, self._positions)
            if not batch.moves:
                return 0
            if batch.bad:
                self._dead_letters.send(batch.bad)
            self._warehouse.write(batch.rows.values(), batch.moves)
        except Fenced as reason:
            log("fenced", reason=str(reason))
            self._resume(list(self._positions))
            return 0
        except Gap as gap:
            self._refuse_second(gap)
            self._resume(list(self._positions))
            return 0
        ends = {partition: move.end for partition, move in batch.moves.items()}
        self._positions.update(ends)
        self._consumer.commit(offsets=[TopicPartition(TOPIC, *end) for end in ends.items()], asynchronous=True)
        return len(batch.bad)

    def _assigned(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._resume([partition.partition for partition in partitions])

    def _revoked(self, _consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        # Nothing is in flight between polls. The protocol is the eager one: all partitions go at once.
        self._positions = {}

    def _resume(self, partitions: list[int]) -> None:
        """Read these partitions, and no others, from where PostgreSQL is."""
        stored = self._warehouse.positions()
        self._positions = {partition: stored[partition] for partition in partitions}
        log("positions", partitions=self._positions)
        self._consumer.assign([TopicPartition(TOPIC, *position) for position in self._positions.items()])

    def _refuse_second(self, gap: Gap) -> None:
        """A gap that is still there after a seek is a hole in the topic."""
        place = (gap.partition, gap.position)
        if place == self._gap:
            raise PipelineError(f"Kafka topic {TOPIC}, {gap}: the topic lost records. Produce again into a new topic.")
        self._gap = place
        log("gap", reason=str(gap))
