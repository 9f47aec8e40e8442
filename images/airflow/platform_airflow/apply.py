"""Makes pools and variables what the environment says.

What it makes it marks in the description, and takes away again what has the mark and is no longer wished. What people made is
theirs.
"""

import json
import sys
from pathlib import Path

from airflow.models.pool import Pool
from airflow.models.variable import Variable
from airflow.utils.session import create_session
from sqlalchemy import select, text
from sqlalchemy.orm import Session

MARK = "(from the environment's definition)"


def apply_pools(wished: dict[str, dict], session: Session) -> list[str]:
    changes = []
    there = {pool.pool: pool for pool in session.scalars(select(Pool))}
    for name, wish in wished.items():
        description = f"{wish['why']} {MARK}"
        pool = there.get(name)
        if pool is None:
            session.add(Pool(pool=name, slots=wish["slots"], description=description, include_deferred=False))
            changes.append(f"pool {name} made")
        elif (pool.slots, pool.description) != (wish["slots"], description):
            pool.slots, pool.description = wish["slots"], description
            changes.append(f"pool {name} changed")
    for name, pool in there.items():
        if name not in wished and (pool.description or "").endswith(MARK):
            session.delete(pool)
            changes.append(f"pool {name} taken away")
    return changes


def apply_variables(wished: dict[str, str], session: Session) -> list[str]:
    changes = []
    there = {variable.key: variable for variable in session.scalars(select(Variable))}
    for key, value in wished.items():
        variable = there.get(key)
        if variable is None:
            session.add(Variable(key=key, val=value, description=MARK))
            changes.append(f"variable {key} made")
        elif (variable.get_val(), variable.description) != (value, MARK):
            variable.set_val(value)
            variable.description = MARK
            changes.append(f"variable {key} changed")
    for key, variable in there.items():
        if key not in wished and (variable.description or "").endswith(MARK):
            session.delete(variable)
            changes.append(f"variable {key} taken away")
    return changes


def let_count(role: str, session: Session) -> None:
    """Lets a role see which tasks there are in which queue, by which workers are scaled."""
    session.execute(text(f'GRANT SELECT (state, queue) ON task_instance TO "{role}"'))


def main(file: str) -> int:
    wish = json.loads(Path(file).read_text())
    with create_session() as session:
        if "counter" in wish:
            let_count(wish["counter"], session)
        changes = apply_pools(wish["pools"], session) + apply_variables(wish["variables"], session)
    print("\n".join(changes) or "nothing to change")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
