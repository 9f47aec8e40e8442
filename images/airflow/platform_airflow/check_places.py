"""Says what is wrong with a release and where: `FILE:LINE`, and messages without the folder that it was unpacked into."""

import re
from pathlib import Path

#: A line of a traceback that says where something happened.
FRAME = re.compile(r'^ +File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
#: How Airflow names the task that closes a cycle, and its DAG.
CYCLE = re.compile(r"in Dag: (?P<dag>\S+?)\.? Faulty task: (?P<task>\S+)")
TIMEOUT = re.compile(r"DagBag import timeout for .+ after (?P<seconds>[\d.]+)s")
SYSTEM_EXIT = re.compile(r"^SystemExit\b")
#: What begins a DAG, and what ends Python or kills a process.
DAG = re.compile(r"@(\w+\.)*dag\b|\bDAG\(")
END = re.compile(r"\b(_exit|kill|killpg|abort|raise_signal)\(")
NO_EXIT = "A DAG's file must not call os._exit or sys.exit."


def import_problem(folder: Path, file: str, error: str) -> str:
    """FILE:LINE and what is wrong, from an import error of Airflow."""
    return f"{place_of_error(folder, file, error)}: {words_of_error(folder, error)}"


def place_of_error(folder: Path, file: str, error: str) -> str:
    """FILE:LINE of an import error, from its traceback; a syntax error names its own line last."""
    places = [match for match in FRAME.finditer(error) if match["file"].startswith(f"{folder}/")]
    if places:
        return f"{Path(places[-1]['file']).relative_to(folder)}:{places[-1]['line']}"
    cycle = CYCLE.search(error)
    if cycle is None:
        return place_of_dags(folder, file)
    # A task in a group has the group before its name, and one that is called again a number behind.
    task = re.sub(r"__\d+$", "", cycle["task"].rsplit(".", 1)[-1])
    return place_of_first(folder, file, *definitions(cycle["task"]), *definitions(task), *definitions(cycle["dag"]), DAG)


def words_of_error(folder: Path, error: str) -> str:
    """What an import error says behind its traceback, in one line."""
    lines = error.rstrip().splitlines()
    last_frame = max((number for number, line in enumerate(lines) if FRAME.match(line)), default=-1)
    said = next((number for number, line in enumerate(lines) if number > last_frame and line[:1] != " "), len(lines) - 1)
    words = " ".join(line.strip() for line in lines[said:])
    timeout = TIMEOUT.search(words)
    if timeout is not None:
        return too_long(float(timeout["seconds"]))
    if SYSTEM_EXIT.match(words):
        return f"importing it ended Python ({words}). {NO_EXIT}"
    return without_folder(folder, words)


def too_long(seconds: float) -> str:
    return f"importing it took longer than {seconds:g} s (core.dagbag_import_timeout). Do what takes long inside of tasks."


def ended(code: int, how: str) -> str:
    """What to say where a process has ended, with this exit code or signal, before the check of its file did."""
    mend = NO_EXIT if code >= 0 else "A DAG's file must not kill Python; where it does not, memory ran out."
    return f"importing it ended Python ({how}). {mend}"


def without_folder(folder: Path, text: str) -> str:
    return text.replace(f"{folder}/", "").replace(str(folder), "the folder of DAGs")


def place_of_name(folder: Path, file: str, name: str) -> str:
    """FILE:LINE where a name first stands in quotes, else of the DAG: operators do not know their line."""
    return place_of_first(folder, file, quoted(name), DAG)


def place_of_dag(folder: Path, file: str, name: str) -> str:
    return place_of_first(folder, file, *definitions(name), DAG)


def place_of_dags(folder: Path, file: str) -> str:
    """FILE:LINE where a file has its first DAG."""
    return place_of_first(folder, file, DAG)


def place_of_end(folder: Path, file: str) -> str:
    """FILE:LINE where a file may have ended Python."""
    return place_of_first(folder, file, END)


def definitions(name: str) -> list[re.Pattern[str]]:
    """How a task or a DAG may be given its name."""
    return [
        re.compile(rf"""\b(task|dag)_id\s*=\s*["']{re.escape(name)}["']"""),
        re.compile(rf"\bdef\s+{re.escape(name)}\s*\("),
        quoted(name),
    ]


def quoted(name: str) -> re.Pattern[str]:
    return re.compile(rf"""["']{re.escape(name)}["']""")


def place_of_first(folder: Path, file: str, *patterns: re.Pattern[str]) -> str:
    """FILE:LINE where the first pattern is that is there at all, else the file's first line."""
    path = folder / file
    # What is in a zip file is no file.
    lines = path.read_text(errors="replace").splitlines() if path.suffix == ".py" and path.is_file() else []
    found = (number for pattern in patterns for number, text in enumerate(lines, 1) if pattern.search(text))
    return f"{file}:{next(found, 1)}"
