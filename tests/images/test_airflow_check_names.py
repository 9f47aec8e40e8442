from types import SimpleNamespace

from platform_airflow.check_names import unknown_names, watched_names

KNOWN = {"pool": ["default_pool"], "queue": ["default"], "connection": ["lake"]}


def task(**fields):
    return SimpleNamespace(**({"pool": "default_pool", "queue": "default"} | fields))


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


def test_what_is_no_name_is_let_through():
    assert unknown_names(task(conn_id=["lake"], pool=None), KNOWN) == []


def watching(**given):
    trigger = SimpleNamespace(serialize=lambda: ("a.Trigger", given))
    return SimpleNamespace(watchers=[SimpleNamespace(trigger=trigger)])


def test_what_assets_watch_is_looked_into_however_they_are_joined():
    joined = SimpleNamespace(objects=[watching(connection="lake"), SimpleNamespace(objects=[watching(kafka_conn_id="nowhere")])])
    assert watched_names(joined, KNOWN) == [("connection", "nowhere")]


def test_a_schedule_by_the_clock_watches_nothing():
    assert watched_names(None, KNOWN) == []
