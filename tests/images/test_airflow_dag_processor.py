"""What Airflow's dag-processor forgets before it asks which files are due, and that it is started so."""

import importlib
import runpy
import sys
from types import SimpleNamespace
from typing import NamedTuple

import pytest

NAME = "platform_airflow.dag_processor"


class File(NamedTuple):
    """Stands for DagFileInfo."""

    path: str
    bundle_version: str | None


class Upstream:
    """Stands for DagFileProcessorManager: keeps which statistics there were when it was asked for due files."""

    def __init__(self, stats):
        self._file_stats = stats
        self.asked = []

    def prepare_file_queue(self, known_files):
        self.asked.append((known_files, dict(self._file_stats)))


@pytest.fixture
def airflow(monkeypatch):
    """Airflow's place, with `command` in it and the command lines that were `started`."""
    command = SimpleNamespace(DagFileProcessorManager=Upstream)
    airflow = SimpleNamespace(command=command, started=[])
    stand_ins = {
        "airflow.__main__": {"main": lambda: airflow.started.append(sys.argv)},
        "airflow.cli.commands": {"dag_processor_command": command},
        "airflow.dag_processing.manager": {"DagFileInfo": File, "DagFileProcessorManager": Upstream},
    }
    for name, content in stand_ins.items():
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**content))
    for name in ("airflow", "airflow.cli", "airflow.dag_processing"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(__path__=[]))
    monkeypatch.setattr(sys, "argv", ["dag_processor"])
    yield airflow
    sys.modules.pop(NAME, None)


def test_forgets_what_a_callback_has_left_of_a_release(airflow):
    parsed, left = File("flights.py", None), File("flights.py", "3f2a")
    manager = importlib.import_module(NAME).Manager({parsed: "parsed at 10:00", left: "no time"})
    known = {"platform": {parsed}}
    manager.prepare_file_queue(known)
    assert manager.asked == [(known, {parsed: "parsed at 10:00"})]


def test_is_what_airflows_own_command_starts(airflow):
    started = runpy.run_module(NAME, run_name="__main__")
    assert airflow.command.DagFileProcessorManager is started["Manager"]
    assert airflow.started == [["airflow", "dag-processor"]]
