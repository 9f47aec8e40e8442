import hashlib

import pytest
from fakes import FakeConsumer, flight, message
from pymongo.errors import AutoReconnect, BulkWriteError, OperationFailure

from flights.batch import Move
from flights.documents import Documents, connect, document_of, patiently, summarise
from flights.errors import PipelineError
from flights.load import Loader, Skipped
from flights.record import COLUMNS, key_of
from flights.warehouse import Fenced


def row(**changes):
    values = flight(**changes)
    return tuple(values[name] for name in COLUMNS)


class Result:
    def __init__(self, matched_count):
        self.matched_count = matched_count


class FakeCollection:
    """As much of a collection as the loader uses, over a dict by `_id`."""

    def __init__(self):
        self.there = {}
        self.replaced = 0
        self.before_write = []
        """Called one per insert, before it; may raise, as a connection does that breaks."""

    def find(self, query, **_):
        return [dict(one) for one in self.there.values() if query.items() <= one.items()]

    def insert_many(self, new, ordered):
        assert not ordered
        if self.before_write:
            self.before_write.pop(0)(self)
        failures = [index for index, one in enumerate(new) if one["_id"] in self.there]
        self.there.update({one["_id"]: one for index, one in enumerate(new) if index not in failures})
        if failures:
            raise BulkWriteError({"writeErrors": [{"index": index, "code": 11000} for index in failures]})

    def bulk_write(self, operations):
        self.replaced += len(operations)
        self.there.update({one._filter["_id"]: one._doc for one in operations})

    def update_one(self, query, change, upsert=False):
        found = self.there.get(query["_id"])
        if found is None and upsert:
            self.there[query["_id"]] = {**query, **change["$setOnInsert"]}
        if found is None or not query.items() <= found.items():
            return Result(0)
        found.update(change.get("$set", {}))
        return Result(1)


@pytest.fixture
def database():
    return {"flights": FakeCollection(), "flights_positions": FakeCollection()}


@pytest.fixture
def store(database):
    documents = Documents(database, "topic")
    documents.prepare({0: 0, 1: 5})
    return documents


def test_a_document_is_the_message_under_its_key():
    document = document_of(row(dep_time=None))
    assert document == {"_id": "2013-01-01T10:00:00Z/UA/1545", **flight(dep_time=None)}


def test_positions_are_made_once_and_belong_to_one_topic(database, store):
    store.prepare({0: 99, 1: 99, 2: 7})
    assert store.positions() == {0: 0, 1: 5, 2: 7}
    assert Documents(database, "another").positions() == {}


def test_rows_are_written_and_positions_moved(database, store):
    store.write([row(flight=1), row(flight=2)], {0: Move(0, 2)})
    assert len(database["flights"].there) == 2
    assert store.positions() == {0: 2, 1: 5}


def test_what_is_there_already_is_replaced_where_it_differs(database, store):
    store.write([row(flight=1, distance=1), row(flight=3)], {0: Move(0, 2)})
    store.write([row(flight=1, distance=2), row(flight=2), row(flight=3)], {0: Move(2, 5)})
    assert database["flights"].there[key_of(row(flight=1))]["distance"] == 2
    assert len(database["flights"].there) == 3
    assert database["flights"].replaced == 1


def test_who_comes_second_is_fenced_and_writes_nothing(database, store):
    store.write([row(flight=1)], {0: Move(0, 1)})
    with pytest.raises(Fenced):
        store.write([row(flight=2)], {0: Move(0, 1)})
    assert len(database["flights"].there) == 1


def test_a_loader_that_is_overtaken_while_it_writes_moves_nothing(database, store):
    def other(_collection):
        database["flights_positions"].there["topic/0"]["next_offset"] = 9

    database["flights"].before_write = [other]
    with pytest.raises(Fenced):
        store.write([row(flight=1)], {0: Move(0, 1)})
    assert store.positions()[0] == 9


def test_a_connection_that_breaks_is_waited_for(database, store, monkeypatch):
    monkeypatch.setattr("flights.retry.time.sleep", lambda _seconds: None)

    def broken(_collection):
        raise AutoReconnect("gone")

    database["flights"].before_write = [broken, broken]
    store.write([row(flight=1)], {0: Move(0, 1)})
    assert store.positions()[0] == 1


def test_what_the_store_refuses_ends_the_step_with_its_words():
    def refused():
        raise OperationFailure("x", 13, {"errmsg": "not authorized on other"})

    with pytest.raises(PipelineError, match="not authorized on other"):
        patiently("read", refused)


def test_the_loader_of_flights_fills_it_and_leaves_bad_records_aside(database, capsys):
    from fakes import damaged

    log = {0: [message(0, 0, flight=1), damaged(0, 1), message(0, 2, flight=2)]}
    target = Documents(database, "topic")
    target.prepare({0: 0})
    Loader(FakeConsumer(log), target, Skipped()).run({0: 3}, lambda: False)
    assert len(database["flights"].there) == 2
    assert target.positions() == {0: 3}
    assert "skipped" in capsys.readouterr().err


def test_the_checksum_is_that_of_the_lines_of_the_csv_file_in_the_order_of_the_key():
    late = flight(time_hour="2013-01-01T11:00:00Z", dep_time=None)
    rows = [late, flight(flight=1545), flight(flight=9), flight(carrier="9E"), flight(carrier="U", flight=70000)]
    lines = [
        ",".join("NA" if one[name] is None else str(one[name]) for name in COLUMNS) + "\n"
        for one in (rows[3], rows[4], rows[2], rows[1], rows[0])
    ]
    expected = {"documents": 5, "checksum": hashlib.sha256("".join(lines).encode()).hexdigest()}
    assert summarise({"_id": "x", **one} for one in rows) == expected


def test_a_missing_address_is_named():
    with pytest.raises(PipelineError, match="MONGODB_URL, MONGODB_CA"):
        connect({})
