"""Runs a DAG, or takes up its run of that name, and follows it to its end: a line of JSON whenever a task's state changes, and
one for the end. Exits with 1 where the run fails, is deleted or waits for a paused DAG, and where there is no such DAG."""

import json
import sys
import time

import psycopg2
from airflow.api.common.trigger_dag import trigger_dag
from airflow.exceptions import DagNotFound, DagRunAlreadyExists
from airflow.utils.types import DagRunTriggeredByType

from platform_airflow.database import connect

#: Seconds that a DAG which was just pushed takes to be known at most.
UNKNOWN_SECONDS = 120
POLL_SECONDS = 1
#: Seconds that the database may be away, as where it restarts: the run itself goes on.
AWAY_SECONDS = 60
#: The state of a run, NULL where there is none, and whether its DAG is paused.
STATE = """SELECT dag_run.state, dag.is_paused FROM dag
  LEFT JOIN dag_run ON dag_run.dag_id = dag.dag_id AND dag_run.run_id = %(run)s WHERE dag.dag_id = %(dag)s"""
#: Whether a DAG is in no bundle any more, so that nobody would run it, and whether it is paused; nothing where it has the run.
NEW = """SELECT dag.is_stale, dag.is_paused FROM dag
  LEFT JOIN dag_run ON dag_run.dag_id = dag.dag_id AND dag_run.run_id = %(run)s
  WHERE dag.dag_id = %(dag)s AND dag_run.run_id IS NULL"""
TASKS = "SELECT task_id, state FROM task_instance WHERE dag_id = %s AND run_id = %s ORDER BY start_date, task_id"
#: Those that are in a bundle still.
DAGS = "SELECT dag_id FROM dag WHERE NOT is_stale ORDER BY dag_id"
ENDED = ("success", "failed")


class DagPaused(Exception):
    """A new run would wait until somebody unpauses its DAG."""


def say(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def begin(dag: str, name: str) -> None:
    """Raises DagNotFound where there is none, even after a while, and DagPaused."""
    deadline = time.monotonic() + UNKNOWN_SECONDS
    while True:
        try:
            refuse_waiting(dag, name)
            trigger_dag(dag, run_id=name, triggered_by=DagRunTriggeredByType.CLI)
            return
        except DagRunAlreadyExists:
            return
        except DagNotFound:
            if time.monotonic() > deadline:
                raise
            say("unknown", seconds=UNKNOWN_SECONDS)
            time.sleep(POLL_SECONDS)


def refuse_waiting(dag: str, name: str) -> None:
    """Raises DagNotFound or DagPaused where a run that is not there yet would wait for its DAG."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(NEW, {"dag": dag, "run": name})
        stale, paused = cursor.fetchone() or (False, False)
    if stale:
        raise DagNotFound(dag)
    if paused:
        raise DagPaused


def known_dags() -> list[str]:
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(DAGS)
        return [dag for (dag,) in cursor.fetchall()]


def end(state: str | None, paused: bool) -> str | None:
    """What has become of a run; None while it goes on. What runs already goes on where its DAG is paused."""
    if state is None:
        return "deleted"
    if state == "queued" and paused:
        return "paused"
    return state if state in ENDED else None


def follow(dag: str, name: str) -> str:
    """What becomes of the run. Raises psycopg2.OperationalError where the database stays away."""
    said: dict[str, str] = {}
    answered = time.monotonic()
    while True:
        try:
            with connect() as connection, connection.cursor() as cursor:
                connection.autocommit = True
                while True:
                    cursor.execute(TASKS, (dag, name))
                    tasks = {task: state or "none" for task, state in cursor.fetchall()}
                    if tasks != said:
                        say("tasks", tasks=tasks)
                        said = tasks
                    cursor.execute(STATE, {"dag": dag, "run": name})
                    ended = end(*(cursor.fetchone() or (None, False)))
                    if ended is not None:
                        return ended
                    answered = time.monotonic()
                    time.sleep(POLL_SECONDS)
        except psycopg2.OperationalError:
            if time.monotonic() - answered > AWAY_SECONDS:
                raise
            time.sleep(POLL_SECONDS)


def main(dag: str, name: str) -> int:
    try:
        begin(dag, name)
        state = follow(dag, name)
    except DagNotFound:
        say("end", state="unknown", known=known_dags())
        return 1
    except DagPaused:
        state = "paused"
    say("end", state=state)
    return 0 if state == "success" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
