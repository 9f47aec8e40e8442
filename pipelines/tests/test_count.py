import pytest
from fakes import FakeMessage, damaged, message

from flights.count import count_dead_letters, count_flights, disagreements
from flights.warehouse import in_java


def test_flights_are_counted_by_key_and_bad_ones_apart():
    log = [message(flight=1), message(flight=2), message(flight=1, distance=7), damaged()]
    assert count_flights(iter(log)) == {"records": 4, "keys": 2, "badRecords": 1}


def test_dead_letters_written_twice_count_once():
    letters = [FakeMessage(key, b"") for key in (b"flights-0-1", b"flights-0-2", b"flights-0-1")]
    assert count_dead_letters(iter(letters)) == {"deadLetters": 2}


@pytest.mark.parametrize(
    ("keys", "rows", "bad", "dead", "problems"),
    [(5, 5, 0, 0, 0), (5, 5, 2, 2, 0), (5, 4, 0, 0, 1), (5, 5, 2, 1, 1), (0, 1, 0, 1, 2)],
)
def test_what_must_be_equal(keys, rows, bad, dead, problems):
    kafka = {"keys": keys, "badRecords": bad, "deadLetters": dead}
    assert len(disagreements(kafka, {"rows": rows}, {}, [])) == problems


KAFKA = {"keys": 5, "badRecords": 0, "deadLetters": 0}
LOADED = {"rows": 5, "checksum": "a"}


@pytest.mark.parametrize(
    ("rows", "checksum", "problem"),
    [
        (5, "a", None),
        (4, "b", "Kafka has 5 distinct keys, ETL brought 4 flights."),
        (5, "b", "ETL brought other flights than the loader."),
    ],
)
def test_both_ways_must_bring_what_is_in_kafka_and_what_the_loader_brought(rows, checksum, problem):
    found = disagreements(KAFKA, LOADED, {"etl": {"rows": rows, "checksum": checksum}}, [])
    assert found == ([] if problem is None else [problem])


def test_who_has_not_read_all_records_yet_is_not_compared():
    old = {"rows": 4, "checksum": "b"}
    assert disagreements({**KAFKA, "badRecords": 1}, old, {"etl": LOADED, "elt": old}, ["loader", "elt"]) == []
    assert len(disagreements(KAFKA, old, {"etl": old}, ["loader"])) == 1
    assert disagreements(KAFKA, LOADED, {"etl": old, "elt": LOADED}, ["etl"]) == []


def test_both_ways_know_the_topic_by_the_id_that_java_writes():
    assert in_java("6m+wVTi5RGODOqRKEBwF/Q") == "6m-wVTi5RGODOqRKEBwF_Q"
