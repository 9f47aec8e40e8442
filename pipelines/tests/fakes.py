"""Stand-ins for Kafka and PostgreSQL that a loader can be killed on."""

from dataclasses import dataclass, field

from flights.record import encode
from flights.spoil import GOOD
from flights.warehouse import Fenced


@dataclass(frozen=True)
class FakeMessage:
    key_: bytes | None
    value_: bytes | None
    partition_: int = 0
    offset_: int = 0

    def key(self):
        return self.key_

    def value(self):
        return self.value_

    def partition(self):
        return self.partition_

    def offset(self):
        return self.offset_

    def topic(self):
        return "flights"

    def timestamp(self):
        return (1, 1_700_000_000_000)

    def error(self):
        return None


def flight(**changes):
    return {**GOOD, **changes}


def message(partition=0, offset=0, **changes):
    return FakeMessage(*encode(flight(**changes)), partition, offset)


def damaged(partition=0, offset=0):
    return FakeMessage(b"key", b"{", partition, offset)


class FakeConsumer:
    """A member of a group of one over a fixed log of messages by partition."""

    def __init__(self, log):
        self._log = log
        self._next = {}
        self._assign = None
        self.assigned = []

    def subscribe(self, _topics, on_assign, on_revoke):
        self._assign = on_assign

    def assign(self, partitions):
        self._next = {place.partition: place.offset for place in partitions}
        self.assigned.append(dict(self._next))

    def consume(self, count, _timeout):
        if self._assign is not None:
            rebalance, self._assign = self._assign, None
            rebalance(self, [Place(partition) for partition in self._log])
        taken = []
        for partition, offset in self._next.items():
            fresh = [message for message in self._log[partition] if message.offset() >= offset][:count]
            taken += fresh
            if fresh:
                self._next[partition] = fresh[-1].offset() + 1
        return taken

    def commit(self, offsets, asynchronous):
        assert asynchronous


@dataclass
class Place:
    partition: int


@dataclass
class FakeWarehouse:
    """Rows and positions that change together or not at all."""

    stored: dict = field(default_factory=lambda: {0: 0, 1: 0})
    rows: list = field(default_factory=list)
    before_write: list = field(default_factory=list)
    """Called one per write, before it; may raise, as a kill does, or move positions, as another loader does."""

    def positions(self):
        return dict(self.stored)

    def write(self, rows, moves):
        if self.before_write:
            self.before_write.pop(0)(self)
        for partition, move in moves.items():
            if self.stored[partition] != move.start:
                raise Fenced(f"partition {partition}")
        self.rows += rows
        self.stored.update({partition: move.end for partition, move in moves.items()})


@dataclass
class FakeDeadLetters:
    keys: list = field(default_factory=list)

    def send(self, bad):
        self.keys += [(message.partition(), message.offset()) for message, _ in bad]
