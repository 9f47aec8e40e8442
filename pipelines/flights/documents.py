"""The document store: flights as they came, and the Kafka positions they came from.

There is no transaction over several documents here, so the order makes it whole: documents are written under their key first,
then the position moves by compare-and-set. Whoever is killed in between is repeated by the next, which writes the same again.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from pymongo import MongoClient, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

from .batch import Move
from .errors import PipelineError
from .record import COLUMNS, KEY_COLUMNS, Row, key_of
from .retry import retrying
from .warehouse import Fenced

T = TypeVar("T")

FLIGHTS = "flights"
POSITIONS = "flights_positions"
_PROBE = 100
_BULK = 1_000
_READ = 5_000
_SECONDS = 10
_DUPLICATE = 11000


def document_of(row: Row) -> dict[str, object]:
    """A flight as its message had it, under its message's key."""
    return {"_id": key_of(row), **dict(zip(COLUMNS, row, strict=True))}


def connect(environment: Mapping[str, str] = os.environ) -> Database:
    """The database that MONGODB_URL names, by an authority in MONGODB_CA (a PEM file)."""
    missing = [name for name in ("MONGODB_URL", "MONGODB_CA") if not environment.get(name)]
    if missing:
        raise PipelineError(f"Environment lacks {', '.join(missing)}.")
    client = MongoClient(
        environment["MONGODB_URL"],
        tlsCAFile=environment["MONGODB_CA"],
        appname="flights",
        serverSelectionTimeoutMS=_SECONDS * 1000,
        socketTimeoutMS=60_000,
    )
    return client.get_default_database()


def patiently(what: str, operation: Callable[[], T]) -> T:
    """Run `operation`, again while the store does not answer; what it refuses ends the step with one line."""

    def attempt() -> T:
        try:
            return operation()
        except OperationFailure as error:
            raise PipelineError(f"document store: {what}: {error.details and error.details.get('errmsg')}") from error

    return retrying(f"document store: {what}", attempt, PyMongoError)


def _digest(document: Mapping[str, object]) -> int:
    return hash(tuple(document[name] for name in COLUMNS))


class Documents:
    """The collection of flights, as a loader of one Kafka topic sees it; what `Warehouse` is to PostgreSQL."""

    def __init__(self, database: Database, topic_id: str) -> None:
        self._flights: Collection = database[FLIGHTS]
        self._positions: Collection = database[POSITIONS]
        self._topic_id = topic_id
        self._known: dict[str, int] | None = None
        """A digest of each document, once it is known that this is a replay."""

    def prepare(self, starts: Mapping[int, int]) -> None:
        """Make a position for each partition that has none, at the offset given in `starts`."""

        def operation() -> None:
            there = self._stored()
            for partition in starts.keys() - there.keys():
                place = self._place(partition)
                # Two loaders may do so at once: the second finds it and leaves it.
                self._positions.update_one({"_id": place}, {"$setOnInsert": self._position(partition, starts)}, upsert=True)

        patiently("prepare positions", operation)

    def positions(self) -> dict[int, int]:
        """Offset of the next record to load, by partition."""
        return patiently("read positions", self._stored)

    def write(self, rows: Iterable[Row], moves: Mapping[int, Move]) -> None:
        """Write rows, then move positions; `Fenced` where one of them is not at its `start`, before anything is written or after.

        A loader that is fenced after it has written has written what another one has, or will: a key is always in the
        same partition, and the other one goes on from the same position.
        """
        documents = [document_of(row) for row in rows]
        self._refuse_moved(moves)
        self._put(documents)
        for partition, move in sorted(moves.items()):
            self._move(partition, move)

    def _put(self, documents: list[dict[str, object]]) -> None:
        """Insert what is not there, replace what differs, leave the rest alone.

        FerretDB inserts fast, but one by one where a duplicate is among them, and reads the whole collection for each filter.
        So a few are tried first: where all of them are new, so will be the others; else all that is there is read, once.
        """
        head, rest = documents[:_PROBE], documents[_PROBE:]
        if self._known is None and not self._insert(head):
            self._replace(self._insert(rest))
            return
        if self._known is None:
            self._known = patiently("read", lambda: {str(one["_id"]): _digest(one) for one in self._all()})
        known = self._known
        self._replace(self._insert([document for document in documents if document["_id"] not in known]))
        self._replace([one for one in documents if known.get(str(one["_id"]), _digest(one)) != _digest(one)])
        known.update({str(document["_id"]): _digest(document) for document in documents})

    def _insert(self, documents: list[dict[str, object]]) -> list[dict[str, object]]:
        """Insert what is not there yet; what is."""
        parts = [documents[start : start + _BULK] for start in range(0, len(documents), _BULK)]
        return [there for part in parts for there in patiently("insert", lambda part=part: self._insert_part(part))]

    def _insert_part(self, documents: list[dict[str, object]]) -> list[dict[str, object]]:
        try:
            self._flights.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != _DUPLICATE for failure in failures):
                raise
            return [documents[failure["index"]] for failure in failures]
        return []

    def _replace(self, documents: list[dict[str, object]]) -> None:
        operations = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]
        if operations:
            patiently("replace", lambda: self._flights.bulk_write(operations))

    def _all(self) -> Iterable[Mapping[str, object]]:
        return self._flights.find({}, batch_size=_READ)

    def _refuse_moved(self, moves: Mapping[int, Move]) -> None:
        stored = self.positions()
        for partition, move in moves.items():
            if stored[partition] != move.start:
                raise Fenced(f"partition {partition} is at {stored[partition]}, no longer at {move.start}")

    def _move(self, partition: int, move: Move) -> None:
        at_start = {"_id": self._place(partition), "next_offset": move.start}
        change = {"$set": {"next_offset": move.end}}
        result = patiently("move a position", lambda: self._positions.update_one(at_start, change))
        # An answer that was lost and asked for again finds the position where it should be.
        if result.matched_count != 1 and self.positions()[partition] != move.end:
            raise Fenced(f"partition {partition} is no longer at {move.start}")

    def _stored(self) -> dict[int, int]:
        found = self._positions.find({"topic_id": self._topic_id})
        return {position["partition"]: position["next_offset"] for position in found}

    def _place(self, partition: int) -> str:
        return f"{self._topic_id}/{partition}"

    def _position(self, partition: int, starts: Mapping[int, int]) -> dict[str, object]:
        return {"topic_id": self._topic_id, "partition": partition, "next_offset": starts[partition]}


def summary_of(database: Database) -> dict[str, object]:
    """Documents, and the checksum that PostgreSQL's table of the same flights has."""
    return patiently("read flights", lambda: summarise(database[FLIGHTS].find({}, batch_size=_READ)))


def summarise(documents: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """SHA-256 of the flights as lines of the CSV file, ordered by their key: time, carrier in bytes, flight as a number."""
    lines = sorted(_sortable(document) for document in documents)
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.split(b"\0", 1)[1])
    return {"documents": len(lines), "checksum": digest.hexdigest()}


def _sortable(document: Mapping[str, object]) -> bytes:
    time_hour, carrier, flight = (document[name] for name in KEY_COLUMNS)
    # Below every letter and digit, so that a shorter carrier comes first, as it does in bytes.
    order = f"{time_hour}\x01{carrier}\x01{flight:010d}"
    fields = ("NA" if document[name] is None else str(document[name]) for name in COLUMNS)
    return f"{order}\0{','.join(fields)}\n".encode()
