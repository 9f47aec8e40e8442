import psycopg
import pytest

from flights.errors import PipelineError
from flights.retry import retrying
from flights.warehouse import Database


class Transient(Exception):
    pass


def failing(times, result="done"):
    calls = iter([Transient("not yet")] * times)

    def operation():
        for error in calls:
            raise error
        return result

    return operation


def test_it_goes_on_until_it_works_and_waits_longer_each_time():
    pauses = []
    assert retrying("test", failing(4), Transient, sleep=pauses.append) == "done"
    assert pauses == [0.25, 0.5, 1.0, 2.0]


def test_it_gives_up_with_what_and_why():
    with pytest.raises(PipelineError, match=r"reading: gave up after 0 s: not yet"):
        retrying("reading", failing(100), Transient, patience=0)


def test_other_errors_pass():
    with pytest.raises(ZeroDivisionError):
        retrying("test", lambda: 1 / 0, Transient)


class FakeConnection:
    def __init__(self):
        self.closed = False

    def close(self):
        self.closed = True

    def transaction(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False


def test_a_broken_connection_is_made_again():
    made = []

    def connect():
        made.append(FakeConnection())
        return made[-1]

    def operation(connection):
        if connection is made[0]:
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return "done"

    assert Database(connect).run("test", operation) == "done"
    assert [connection.closed for connection in made] == [True, False]
