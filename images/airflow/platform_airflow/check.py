"""Checks a release of DAGs before anybody runs it: each file imports, no DAG has a cycle or is there twice, each can be stored,
and pools, queues and connections are those of the environment.

Prints `FILE:LINE: what is wrong` for each problem and exits with 1 where there is any.
"""

import json
import re
import sys
import tarfile
import tempfile
import traceback
from pathlib import Path

#: As far as Airflow shows it: the last line of a traceback that is in the release itself.
FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')


#: How Airflow names the task that closes a cycle.
FAULTY = re.compile(r"Faulty task: (?P<name>\S+)")


def place_of_error(folder: Path, file: str, error: str) -> str:
    """FILE:LINE of an import error, from its traceback; a syntax error names its own line last."""
    places = [match for match in FRAME.finditer(error) if match["file"].startswith(f"{folder}/")]
    if not places:
        task = FAULTY.search(error)
        return file if task is None else place_of_name(folder, file, task["name"])
    return f"{Path(places[-1]['file']).relative_to(folder)}:{places[-1]['line']}"


def place_of_name(folder: Path, file: str, name: str) -> str:
    """FILE:LINE where a name first stands in quotes, else the file: operators do not know their line."""
    source = (folder / file).read_text().splitlines()
    quoted = re.compile(rf"""["']{re.escape(name)}["']""")
    line = next((number for number, text in enumerate(source, 1) if quoted.search(text)), None)
    return file if line is None else f"{file}:{line}"


def unknown_names(task: object, known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """What a task names that the environment does not have: pairs of its kind and its name."""
    named = {("pool", getattr(task, "pool", None)), ("queue", getattr(task, "queue", None))}
    given = getattr(task, "partial_kwargs", {}) | vars(task)
    named |= {("connection", value) for key, value in given.items() if key.endswith("conn_id")}
    return unknown_among(named, known)


def watched_names(schedule: object, known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The same of what the assets watch that a DAG waits for: of one, or of several that are joined by `&` and `|`."""
    watchers = getattr(schedule, "watchers", [])
    named = {
        ("connection", value)
        for watcher in watchers
        for key, value in watcher.trigger.serialize()[1].items()
        if key.endswith("conn_id") or key == "connection"
    }
    inside = [each for part in getattr(schedule, "objects", []) for each in watched_names(part, known)]
    return sorted({*unknown_among(named, known), *inside})


def unknown_among(named: set[tuple[str, object]], known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Of pairs of a kind and a name those that are not there. What Airflow fills in at run time only then has a name."""
    texts = [(kind, name) for kind, name in named if isinstance(name, str) and "{{" not in name]
    return sorted((kind, name) for kind, name in texts if name not in known[kind])


def problems_in(folder: Path, known: dict[str, list[str]]) -> list[str]:
    # Here, so that the functions above can be tested without Airflow.
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.serialization.serialized_objects import DagSerialization

    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="check")
    found = [
        f"{place_of_error(folder, file, error)}: {error.strip().splitlines()[-1]}" for file, error in bag.import_errors.items()
    ]
    for dag in bag.dags.values():
        file = str(Path(dag.fileloc).relative_to(folder))
        try:
            DagSerialization.to_dict(dag)
        except Exception as error:  # whatever it is, Airflow could not store this DAG
            last = traceback.format_exception_only(error)[-1].strip()
            found.append(f"{place_of_name(folder, file, dag.dag_id)}: DAG {dag.dag_id} cannot be stored: {last}")
        unknown = [(task.task_id, *each) for task in dag.tasks for each in unknown_names(task, known)]
        unknown += [("the schedule", *each) for each in watched_names(dag.timetable.asset_condition, known)]
        for who, kind, name in unknown:
            there = ", ".join(sorted(known[kind])) or "none"
            found.append(
                f"{place_of_name(folder, file, name)}: {who} of {dag.dag_id} names the {kind} {name!r}; there are: {there}"
            )
    print(f"{len(bag.dags)} DAGs: {', '.join(sorted(bag.dags))}")
    return found


def main(archive: str, environment: str) -> int:
    known = json.loads(Path(environment).read_text())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with tarfile.open(archive) as release:
            release.extractall(folder, filter="data")
        problems = problems_in(folder, known)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
