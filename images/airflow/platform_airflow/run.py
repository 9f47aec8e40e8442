"""Runs a DAG, or takes up its run of that name, and follows it to its end: a line of JSON whenever a task's state changes, and
one for the end. Exits with 1 where the run fails or there is no such DAG."""

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
STATE = "SELECT state FROM dag_run WHERE dag_id = %s AND run_id = %s"
TASKS = "SELECT task_id, state FROM task_instance WHERE dag_id = %s AND run_id = %s ORDER BY start_date, task_id"
ENDED = ("success", "failed")


def say(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def begin(dag: str, name: str) -> None:
    """Raises DagNotFound where there is none, even after a while."""
    deadline = time.monotonic() + UNKNOWN_SECONDS
    while True:
        try:
            trigger_dag(dag, run_id=name, triggered_by=DagRunTriggeredByType.CLI)
            return
        except DagRunAlreadyExists:
            return
        except DagNotFound:
            if time.monotonic() > deadline:
                raise
            say("tasks", tasks={"DAG": "not known yet"})
            time.sleep(POLL_SECONDS)


def follow(dag: str, name: str) -> str:
    """The state in which the run ends. Raises psycopg2.OperationalError where the database stays away."""
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
                    cursor.execute(STATE, (dag, name))
                    (state,) = cursor.fetchone()
                    if state in ENDED:
                        return state
                    answered = time.monotonic()
                    time.sleep(POLL_SECONDS)
        except psycopg2.OperationalError:
            if time.monotonic() - answered > AWAY_SECONDS:
                raise
            time.sleep(POLL_SECONDS)


def main(dag: str, name: str) -> int:
    try:
        begin(dag, name)
    except DagNotFound:
        say("end", state="unknown")
        return 1
    state = follow(dag, name)
    say("end", state=state)
    return 0 if state == "success" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
