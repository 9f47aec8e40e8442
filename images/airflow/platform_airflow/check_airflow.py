"""What Airflow says of the files of a release."""

import importlib
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from airflow.configuration import conf
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.dag_processing.importers import get_importer_registry
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.file import iter_airflow_imports

from platform_airflow.check_names import unknown_names, watched_names
from platform_airflow.check_places import import_problem, place_of_dag, place_of_name, words_of_error

IMPORT_SECONDS = conf.getfloat("core", "dagbag_import_timeout")
ONLY_LIKELY = conf.getboolean("core", "dag_discovery_safe_mode")
# Airflow's own, two, may all be in a library: the line of the DAG's file comes before them.
conf.set("core", "dagbag_import_error_traceback_depth", "100")


class Checked(TypedDict):
    #: Pairs of the id of a DAG and FILE:LINE.
    dags: list[tuple[str, str]]
    problems: list[str]


def dag_files(folder: Path) -> list[str]:
    """The files that Airflow takes for DAGs. What they import of Airflow is imported, once for all."""
    paths = get_importer_registry().list_dag_files(str(folder), safe_mode=ONLY_LIKELY)
    for module in {module for path in paths for module in iter_airflow_imports(path)}:
        # The check of the file says so, and where.
        with suppress(Exception):
            importlib.import_module(module)
    return sorted(str(Path(path).relative_to(folder)) for path in paths)


def check_file(folder: Path, file: str, known: dict[str, list[str]]) -> Checked:
    """Imports a file, with whatever is in it."""
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="check", collect_dags=False)
    dags = []
    try:
        dags = bag.process_file(str(folder / file), only_if_updated=False, safe_mode=ONLY_LIKELY)
    except BaseException:  # what Airflow lets through, like KeyboardInterrupt
        bag.import_errors[file] = traceback.format_exc()
    problems = [import_problem(folder, file, error) for error in bag.import_errors.values()]
    checked = Checked(dags=[], problems=problems)
    for dag in dags:
        # In a zip file the DAG has another one.
        where = str(Path(dag.fileloc).relative_to(folder))
        checked["dags"].append((dag.dag_id, place_of_dag(folder, where, dag.dag_id)))
        problems += storing_problems(folder, where, dag) or name_problems(folder, where, dag, known)
    return checked


def storing_problems(folder: Path, file: str, dag: DAG) -> list[str]:
    try:
        DagSerialization.to_dict(dag)
    except Exception as error:  # whatever it is, Airflow could not store this DAG
        words = words_of_error(folder, "".join(traceback.format_exception_only(error)))
        return [f"{place_of_dag(folder, file, dag.dag_id)}: DAG {dag.dag_id} cannot be stored: {words}"]
    return []


def name_problems(folder: Path, file: str, dag: DAG, known: dict[str, list[str]]) -> list[str]:
    unknown = [(task.task_id, *each) for task in dag.tasks for each in unknown_names(task, known)]
    unknown += [("the schedule", *each) for each in watched_names(dag.timetable.asset_condition, known)]
    return [
        f"{place_of_name(folder, file, name)}: {who} of {dag.dag_id} names the {kind} {name!r}; "
        f"there are: {', '.join(sorted(known[kind])) or 'none'}"
        for who, kind, name in unknown
    ]
