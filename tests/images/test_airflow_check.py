"""The verdict on a release. In Airflow's place stands what runs each file and takes `dags`, a list of ids, for its DAGs."""

import importlib
import json
import sys
import tarfile
from types import SimpleNamespace

import pytest

NAME = "platform_airflow.check"


def files_of(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))


def check_file(folder, file, known):
    content = {"dags": []}
    exec((folder / file).read_text(), content)
    return {"dags": [(dag, f"{file}:2") for dag in content["dags"]], "problems": content.get("problems", [])}


@pytest.fixture
def check(monkeypatch):
    stand_in = SimpleNamespace(Checked=dict, IMPORT_SECONDS=1, check_file=check_file, dag_files=files_of)
    monkeypatch.setitem(sys.modules, "platform_airflow.check_airflow", stand_in)
    yield importlib.import_module(NAME)
    sys.modules.pop(NAME, None)


@pytest.fixture
def checked(check, tmp_path, capsys):
    """Exit code and lines of the check of files that are given as text."""

    def checked(files):
        archive, names = tmp_path / "dags.tar.gz", tmp_path / "names.json"
        names.write_text(json.dumps({"pool": [], "queue": [], "connection": []}))
        folder = tmp_path / "dags"
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text)
        with tarfile.open(archive, "w:gz") as release:
            release.add(folder, ".")
        return check.main(str(archive), str(names)), capsys.readouterr().out.splitlines()

    return checked


def test_a_good_release_is_let_through_with_its_dags(checked):
    assert checked({"b.py": "dags = ['b', 'c']", "a.py": "dags = ['a']"}) == (0, ["3 DAGs: a, b, c"])


def test_what_there_is_no_time_for_is_refused(check, checked, monkeypatch):
    monkeypatch.setattr(check, "BUDGET_SECONDS", 0)
    unchecked = "a.py:1: not checked, since the files before it took longer than 0 s in all"
    assert checked({"a.py": "dags = ['a']"}) == (1, [unchecked])


def test_a_file_that_ends_python_is_refused_and_the_others_are_looked_at(checked):
    files = {"exit.py": "import os\nos._exit(0)\n", "good.py": "dags = ['a']", "later.py": "problems = ['later.py:1: no']"}
    code, lines = checked(files)
    ended = "importing it ended Python (exit code 0). A DAG's file must not call os._exit or sys.exit."
    assert (code, lines) == (1, [f"exit.py:2: {ended}", "later.py:1: no"])


def test_a_file_that_kills_python_is_refused(checked):
    code, lines = checked({"killed.py": "import os\n\nos.kill(os.getpid(), 9)\n"})
    ended = "importing it ended Python (signal SIGKILL). A DAG's file must not kill Python; where it does not, memory ran out."
    assert (code, lines) == (1, [f"killed.py:3: {ended}"])


def test_a_file_that_heeds_no_time_out_is_refused(check, checked, monkeypatch):
    monkeypatch.setattr(check, "MORE_SECONDS", -0.5)
    code, lines = checked({"stubborn.py": "\n'DAG()'\nwhile True: pass\n"})
    late = "importing it took longer than 1 s (core.dagbag_import_timeout). Do what takes long inside of tasks."
    assert (code, lines) == (1, [f"stubborn.py:2: {late}"])


def test_a_dag_that_is_there_twice_is_refused_with_both_files(checked):
    assert checked({"bad.py": "dags = ['pool']", "dup.py": "dags = ['pool']"}) == (
        1,
        ['dup.py:2: the DAG "pool" is also in bad.py'],
    )


@pytest.mark.parametrize("files", [{}, {"none.py": ""}])
def test_a_release_without_any_dag_is_refused(checked, files):
    code, lines = checked(files)
    assert code == 1
    assert lines == ["There is no DAG in this folder. Its release would take all DAGs away, and is refused."]
