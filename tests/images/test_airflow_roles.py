"""When Airflow's roles are given the permissions of a version."""

import importlib
import sys
from contextlib import closing
from types import ModuleType, SimpleNamespace

import pytest


class Database:
    """Remembers the comment on a table."""

    def __init__(self, comment: str | None) -> None:
        self.comment = comment

    def cursor(self) -> closing:
        return closing(self)

    def close(self) -> None:
        pass

    def execute(self, statement: str, values: tuple[str]) -> None:
        if statement.startswith("COMMENT"):
            (self.comment,) = values

    def fetchone(self) -> tuple[str | None]:
        return (self.comment,)


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setitem(sys.modules, "platform_airflow.database", SimpleNamespace(connect=None))
    monkeypatch.delitem(sys.modules, "platform_airflow.roles", raising=False)
    module = importlib.import_module("platform_airflow.roles")
    monkeypatch.setattr(module, "version", lambda _: "1")
    return module


def runs(roles: ModuleType, monkeypatch: pytest.MonkeyPatch, database: Database) -> list[list[str]]:
    asked: list[list[str]] = []
    monkeypatch.setattr(roles, "connect", lambda: closing(database))
    monkeypatch.setattr(roles.subprocess, "run", lambda command, check: asked.append(command))
    assert roles.main() == 0
    return asked


def test_once_for_each_version(roles: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(None)
    assert runs(roles, monkeypatch, database) == [["airflow", "sync-perm"]]
    assert runs(roles, monkeypatch, database) == []
    monkeypatch.setattr(roles, "version", lambda _: "2")
    assert runs(roles, monkeypatch, database) == [["airflow", "sync-perm"]]


def test_again_where_it_failed(roles: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(None)
    monkeypatch.setattr(roles, "connect", lambda: closing(database))

    def fail(*_: object, **__: object) -> None:
        raise ChildProcessError

    monkeypatch.setattr(roles.subprocess, "run", fail)
    with pytest.raises(ChildProcessError):
        roles.main()
    assert database.comment is None
