"""How a run of a DAG is followed: where the database goes away, the DAG is paused, or the run is deleted."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import closing
from types import ModuleType, SimpleNamespace

import pytest


class Away(Exception):
    """Stands for psycopg2.OperationalError."""


class Database:
    """Answers each query by the next of `answers`: rows, or the database goes away. Each connection is its own cursor."""

    def __init__(self, answers: list[list[tuple] | None]) -> None:
        self.answers = answers
        self.connections = 0

    def connect(self) -> closing:
        self.connections += 1
        return closing(self)

    def cursor(self) -> closing:
        return closing(self)

    def close(self) -> None:
        pass

    def execute(self, *_: object) -> None:
        self.rows = self.answers.pop(0)
        if self.rows is None:
            raise Away

    def fetchall(self) -> list[tuple]:
        return self.rows

    def fetchone(self) -> tuple | None:
        return next(iter(self.rows), None)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module without Airflow and without a clock that waits: a second of it is a poll."""
    stand_ins = {
        "airflow.api.common.trigger_dag": {"trigger_dag": None},
        "airflow.exceptions": {"DagNotFound": KeyError, "DagRunAlreadyExists": ValueError},
        "airflow.utils.types": {"DagRunTriggeredByType": SimpleNamespace(CLI="cli")},
        "platform_airflow.database": {"connect": None},
        "psycopg2": {"OperationalError": Away},
    }
    for name, content in stand_ins.items():
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**content))
    for name in ("airflow", "airflow.api", "airflow.api.common", "airflow.utils"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(__path__=[]))
    module = importlib.import_module("platform_airflow.run")
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(module.time, "sleep", lambda seconds: setattr(clock, "now", clock.now + seconds))
    yield module
    del sys.modules["platform_airflow.run"]


def follow(run: ModuleType, monkeypatch: pytest.MonkeyPatch, answers: list[list[tuple] | None]) -> tuple[str, int]:
    database = Database(answers)
    monkeypatch.setattr(run, "connect", database.connect)
    return run.follow("flights", "once"), database.connections


def test_follows_a_run_to_its_end(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[("load", None)], [("running", False)], [("load", "success")], [("success", False)]]
    assert follow(run, monkeypatch, answers) == ("success", 1)


def test_waits_for_a_database_that_restarts(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[], [("running", False)], *[None] * 50, [], [("failed", False)]]
    assert follow(run, monkeypatch, answers) == ("failed", 51)


def test_gives_up_a_database_that_stays_away(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Away):
        follow(run, monkeypatch, [None] * 100)


@pytest.mark.parametrize(
    ("rows", "becomes"),
    [
        ([("queued", True)], "paused"),
        ([(None, False)], "deleted"),
        ([], "deleted"),  # with its DAG
    ],
)
def test_a_run_that_would_never_end_is_given_up(run: ModuleType, monkeypatch: pytest.MonkeyPatch, rows, becomes) -> None:
    assert follow(run, monkeypatch, [[], [("queued", False)], [], rows]) == (becomes, 1)


def test_what_runs_already_goes_on_where_its_dag_is_paused(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert follow(run, monkeypatch, [[], [("running", True)], [], [("success", True)]]) == ("success", 1)


def outcome(run: ModuleType, monkeypatch: pytest.MonkeyPatch, answers: list[list[tuple] | None]) -> tuple[int, list[str]]:
    """Exit code, and the runs that were made."""
    made: list[str] = []
    monkeypatch.setattr(run, "connect", Database(answers).connect)
    monkeypatch.setattr(run, "trigger_dag", lambda _, run_id, **__: made.append(run_id))
    return run.main("flights", "once"), made


def test_makes_a_run_and_follows_it(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(run, monkeypatch, [[(False, False)], [], [("success", False)]]) == (0, ["once"])


def test_makes_no_run_of_a_paused_dag(run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    assert outcome(run, monkeypatch, [[(False, True)]]) == (1, [])
    assert capsys.readouterr().out == '{"event": "end", "state": "paused"}\n'


def test_makes_no_run_of_a_dag_that_is_in_no_release_any_more(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    polls = run.UNKNOWN_SECONDS // run.POLL_SECONDS + 2
    assert outcome(run, monkeypatch, [*[[(True, False)]] * polls, [("flights_etl",)]]) == (1, [])


def test_takes_up_a_run_of_a_dag_that_is_there_already(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(run, monkeypatch, [[], [], [("success", False)]]) == (0, ["once"])


def test_says_that_a_dag_is_not_known_and_at_last_which_are(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise KeyError

    polls = run.UNKNOWN_SECONDS // run.POLL_SECONDS + 2
    monkeypatch.setattr(run, "connect", Database([*[[]] * polls, [("flights_elt",), ("flights_etl",)]]).connect)
    monkeypatch.setattr(run, "trigger_dag", unknown)
    assert run.main("typo", "once") == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == '{"event": "unknown", "seconds": 120}'
    assert last == '{"event": "end", "state": "unknown", "known": ["flights_elt", "flights_etl"]}'
