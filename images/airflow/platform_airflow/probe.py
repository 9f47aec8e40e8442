"""Probe of a dag-processor or triggerer: its own job in the database has a fresh heartbeat.

Asks what `airflow jobs check --local` asks, without importing Airflow, which costs seconds of CPU each time.
"""

import os
import socket
import sys

import psycopg2

QUERY = """
SELECT 1 FROM job
WHERE job_type = %s AND hostname = %s AND state = 'running' AND latest_heartbeat > now() - make_interval(secs => %s)
"""


def main(job_type: str, seconds: str) -> int:
    address = os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("postgresql+psycopg2://", "postgresql://", 1)
    with psycopg2.connect(address, connect_timeout=5) as connection, connection.cursor() as cursor:
        cursor.execute(QUERY, (job_type, socket.getfqdn(), float(seconds)))
        if cursor.fetchone():
            return 0
    print(f"no {job_type} of this pod has had a heartbeat within {seconds} s", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
