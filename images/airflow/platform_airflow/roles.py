"""Gives Airflow's roles the permissions of this version, once: what people change there afterwards stays.

Which version that was is a comment on the table, so that it goes with a backup.
"""

import subprocess
import sys
from importlib.metadata import version

from platform_airflow.database import connect

TABLE = "ab_permission_view_role"


def main() -> int:
    now = f"Airflow {version('apache-airflow')}, FAB {version('apache-airflow-providers-fab')}"
    with connect() as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", (TABLE,))
        if cursor.fetchone() == (now,):
            print(f"roles are those of {now}")
            return 0
        subprocess.run(["airflow", "sync-perm"], check=True)
        cursor.execute(f"COMMENT ON TABLE {TABLE} IS %s", (now,))
    return 0


if __name__ == "__main__":
    sys.exit(main())
