"""How a run of a DAG is followed where the database goes away."""

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

    def fetchone(self) -> tuple:
        return self.rows[0]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module without Airflow and without a clock that waits: a second of it is a poll."""
    stand_ins = {
        "airflow.api.common.trigger_dag": {"trigger_dag": None},
        "airflow.exceptions": {"DagNotFound": KeyError, "DagRunAlreadyExists": ValueError},
        "airflow.utils.types": {"DagRunTriggeredByType": None},
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
    assert follow(run, monkeypatch, [[("load", None)], [("running",)], [("load", "success")], [("success",)]]) == ("success", 1)


def test_waits_for_a_database_that_restarts(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[], [("running",)], *[None] * 50, [], [("failed",)]]
    assert follow(run, monkeypatch, answers) == ("failed", 51)


def test_gives_up_a_database_that_stays_away(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Away):
        follow(run, monkeypatch, [None] * 100)
