"""Checks a release of DAGs before anybody runs it: each file imports, no DAG has a cycle or is there twice, each can be stored,
pools, queues and connections are those of the environment, and there is a DAG at all.

Prints `FILE:LINE: what is wrong` for each problem and exits with 1 where there is any. Each file is imported in a process of its
own, as Airflow does it, and is refused where that has no result. What this does not guard against: see check_apart.py.
"""

import json
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from platform_airflow.check_airflow import IMPORT_SECONDS, Checked, check_file, dag_files
from platform_airflow.check_apart import NoResult, apart
from platform_airflow.check_places import ended, place_of_dags, place_of_end, too_long

#: Airflow ends an import by itself, and then there is more to check; what does not heed it is killed after this much more.
MORE_SECONDS = 10
#: For all files. With the time of one more it ends before the Job does, which takes what it has found along: template-run.ts.
BUDGET_SECONDS = 220
NO_DAG = "There is no DAG in this folder. Its release would take all DAGs away, and is refused."


def main(archive: str, environment: str) -> int:
    known = json.loads(Path(environment).read_text())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with tarfile.open(archive) as release:
            release.extractall(folder, filter="data")
        end = time.monotonic() + BUDGET_SECONDS
        checked = [check_apart(folder, file, known) if time.monotonic() < end else unchecked(file) for file in dag_files(folder)]
    problems = problems_of(checked)
    if problems:
        print("\n".join(problems))
        return 1
    dags = sorted(dag for file in checked for dag, _ in file["dags"])
    print(f"{len(dags)} DAGs: {', '.join(dags)}")
    return 0


def check_apart(folder: Path, file: str, known: dict[str, list[str]]) -> Checked:
    try:
        return apart(lambda: check_file(folder, file, known), IMPORT_SECONDS + MORE_SECONDS)
    except NoResult as error:
        problem = f"{place_of_end(folder, file)}: {ended(error.code, str(error))}"
    except TimeoutError:
        problem = f"{place_of_dags(folder, file)}: {too_long(IMPORT_SECONDS)}"
    return Checked(dags=[], problems=[problem])


def unchecked(file: str) -> Checked:
    problem = f"{file}:1: not checked, since the files before it took longer than {BUDGET_SECONDS:g} s in all"
    return Checked(dags=[], problems=[problem])


def problems_of(checked: list[Checked]) -> list[str]:
    """Of all files, and what is wrong with all of them together."""
    problems = [problem for file in checked for problem in file["problems"]]
    first: dict[str, str] = {}
    for dag, place in (each for file in checked for each in file["dags"]):
        if dag in first:
            problems.append(f'{place}: the DAG "{dag}" is also in {first[dag].rsplit(":", 1)[0]}')
        first.setdefault(dag, place)
    return problems if problems or first else [NO_DAG]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
