import pytest
from platform_airflow.check_places import import_problem, place_of_dag, place_of_end, place_of_error, place_of_name

CYCLE = "AirflowDagCycleException: Cycle detected in Dag: circle. Faulty task: {}"


def test_an_import_error_is_placed_where_the_release_itself_failed(tmp_path):
    error = (
        'Traceback (most recent call last):\n  File "/opt/venv/importer.py", line 7, in parse\n'
        f'  File "{tmp_path}/flights.py", line 3, in <module>\n  File "{tmp_path}/lib/read.py", line 9, in read\n'
        '  File "/usr/lib/python3.13/json.py", line 2, in loads\nValueError: no'
    )
    assert place_of_error(tmp_path, "flights.py", error) == "lib/read.py:9"


def test_a_cycle_is_placed_at_the_task_that_closes_it(tmp_path):
    (tmp_path / "cycle.py").write_text('a = Empty(task_id="a")\nb = Empty(task_id="b")\n')
    assert place_of_error(tmp_path, "cycle.py", CYCLE.format("b")) == "cycle.py:2"


@pytest.mark.parametrize("task", ["b", "group.b", "b__1"])
def test_a_decorated_task_is_where_its_function_is(tmp_path, task):
    (tmp_path / "cycle.py").write_text('COLUMNS = ["b"]\n@dag\ndef circle():\n    @task\n    def b(): ...\n')
    assert place_of_error(tmp_path, "cycle.py", CYCLE.format(task)) == "cycle.py:5"


@pytest.mark.parametrize("dag", ["with DAG(DAG_NAME):", "@dag(schedule=None)", "@sdk.dag"])
def test_a_cycle_of_tasks_that_cannot_be_found_is_where_the_dag_is(tmp_path, dag):
    (tmp_path / "cycle.py").write_text(f"from airflow.sdk import DAG, dag\n\n{dag}\n")
    assert place_of_error(tmp_path, "cycle.py", CYCLE.format("t1")) == "cycle.py:3"


def test_an_import_that_took_too_long_says_so_with_the_limit(tmp_path):
    error = (
        f'Traceback (most recent call last):\n  File "{tmp_path}/loop.py", line 2, in <module>\n    while True: pass\n'
        f"airflow.sdk.exceptions.AirflowTaskTimeout: DagBag import timeout for {tmp_path}/loop.py after 30.0s.\n"
        "Please take a look at these docs to improve your DAG import time:\n* a page\n* another page, PID: 7\n"
    )
    problem = import_problem(tmp_path, "loop.py", error)
    assert problem == (
        "loop.py:2: importing it took longer than 30 s (core.dagbag_import_timeout). Do what takes long inside of tasks."
    )


def test_an_error_of_several_lines_is_told_whole(tmp_path):
    error = f'  File "{tmp_path}/a.py", line 4, in <module>\n    Model()\n    ^^^\nValidationError: 1 error\nage\n  is missing\n'
    assert import_problem(tmp_path, "a.py", error) == "a.py:4: ValidationError: 1 error age is missing"


def test_no_message_names_the_folder_that_the_release_was_unpacked_into(tmp_path):
    (tmp_path / "a.py").write_text("from airflow.sdk import DAG\nDAG('a')\n")
    error = f"FileNotFoundError: {tmp_path}/sql/a.sql, among ['{tmp_path}']"
    assert import_problem(tmp_path, "a.py", error) == "a.py:2: FileNotFoundError: sql/a.sql, among ['the folder of DAGs']"


def test_sys_exit_is_no_way_to_end_a_file(tmp_path):
    error = f'  File "{tmp_path}/a.py", line 3, in <module>\n    sys.exit(0)\nSystemExit: 0\n'
    problem = import_problem(tmp_path, "a.py", error)
    assert problem == ("a.py:3: importing it ended Python (SystemExit: 0). A DAG's file must not call os._exit or sys.exit.")


def test_what_ends_python_is_placed_at_its_call(tmp_path):
    (tmp_path / "exit.py").write_text("import os\n\nos._exit(0)\n")
    assert place_of_end(tmp_path, "exit.py") == "exit.py:3"


def test_a_name_that_is_put_together_is_placed_at_the_dag(tmp_path):
    (tmp_path / "dag.py").write_text('POOL = "ware" + "house"\nDAG("a")\n')
    assert place_of_name(tmp_path, "dag.py", "warehouse") == "dag.py:2"


def test_what_is_nowhere_is_placed_at_the_first_line(tmp_path):
    (tmp_path / "dag.py").write_text("from lib import make\nmake()\n")
    assert place_of_name(tmp_path, "dag.py", "warehouse") == "dag.py:1"
    assert place_of_dag(tmp_path, "dags.zip/dag.py", "a") == "dags.zip/dag.py:1"
