from types import SimpleNamespace

from platform_airflow.check import place_of_error, place_of_name, unknown_names, watched_names

KNOWN = {"pool": ["default_pool"], "queue": ["default"], "connection": ["lake"]}


def task(**fields):
    return SimpleNamespace(**({"pool": "default_pool", "queue": "default"} | fields))


def test_an_import_error_is_placed_where_the_release_itself_failed(tmp_path):
    error = (
        'Traceback (most recent call last):\n  File "/opt/venv/importer.py", line 7, in parse\n'
        f'  File "{tmp_path}/flights.py", line 3, in <module>\n  File "{tmp_path}/lib/read.py", line 9, in read\n'
        '  File "/usr/lib/python3.13/json.py", line 2, in loads\nValueError: no'
    )
    assert place_of_error(tmp_path, "flights.py", error) == "lib/read.py:9"


def test_a_cycle_is_placed_at_the_task_that_closes_it(tmp_path):
    (tmp_path / "cycle.py").write_text('a = Empty(task_id="a")\nb = Empty(task_id="b")\n')
    error = "AirflowDagCycleException: Cycle detected in Dag: cycle. Faulty task: b"
    assert place_of_error(tmp_path, "cycle.py", error) == "cycle.py:2"


def test_a_name_that_is_put_together_has_no_line(tmp_path):
    (tmp_path / "dag.py").write_text('POOL = "ware" + "house"\n')
    assert place_of_name(tmp_path, "dag.py", "warehouse") == "dag.py"


def test_names_of_the_environment_are_known():
    assert unknown_names(task(aws_conn_id="lake"), KNOWN) == []


def test_other_names_are_reported_with_their_kind():
    found = unknown_names(task(pool="wharehouse", queue="sprak", conn_id="nowhere"), KNOWN)
    assert found == [("connection", "nowhere"), ("pool", "wharehouse"), ("queue", "sprak")]


def test_mapped_tasks_are_looked_into():
    mapped = task(partial_kwargs={"postgres_conn_id": "nowhere"})
    assert unknown_names(mapped, KNOWN) == [("connection", "nowhere")]


def test_a_name_that_airflow_fills_in_later_is_let_through():
    assert unknown_names(task(pool="{{ params.pool }}", conn_id="{{ params.connection }}"), KNOWN) == []


def watching(**given):
    trigger = SimpleNamespace(serialize=lambda: ("a.Trigger", given))
    return SimpleNamespace(watchers=[SimpleNamespace(trigger=trigger)])


def test_what_assets_watch_is_looked_into_however_they_are_joined():
    joined = SimpleNamespace(objects=[watching(connection="lake"), SimpleNamespace(objects=[watching(kafka_conn_id="nowhere")])])
    assert watched_names(joined, KNOWN) == [("connection", "nowhere")]


def test_a_schedule_by_the_clock_watches_nothing():
    assert watched_names(None, KNOWN) == []
