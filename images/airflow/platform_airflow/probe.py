"""Probe of a dag-processor or triggerer: its own job in the database has a fresh heartbeat.

Asks what `airflow jobs check --local` asks, without importing Airflow.
"""

import socket
import sys

import psycopg2

from platform_airflow.database import connect

QUERY = """
SELECT 1 FROM job
WHERE job_type = %s AND hostname = %s AND state = 'running' AND latest_heartbeat > now() - make_interval(secs => %s)
"""


def main(job_type: str, seconds: str) -> int:
    problem = f"no {job_type} of this pod has had a heartbeat within {seconds} s"
    try:
        with connect() as connection, connection.cursor() as cursor:
            cursor.execute(QUERY, (job_type, socket.getfqdn(), float(seconds)))
            if cursor.fetchone():
                return 0
    except psycopg2.Error as error:
        problem = str(error).strip()
    print(problem, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
