"""Prints the runs of a DAG whose names begin alike, the newest last, each a line of JSON: `scripts/dags run` asks this first."""

import json
import sys

from platform_airflow.database import connect

QUERY = "SELECT run_id, state FROM dag_run WHERE dag_id = %s AND starts_with(run_id, %s) ORDER BY id"


def main(dag: str, begin: str) -> int:
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(QUERY, (dag, begin))
        for name, state in cursor.fetchall():
            print(json.dumps({"name": name, "state": state}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
