"""Tables of the lake: Parquet files of one publication in a folder of their own, and one object that names the folder.

An object store replaces an object at once or not at all, so a reader sees a whole publication, and never a folder that is being
written. Layout: `tables/TABLE/_current.json` and `tables/TABLE/PUBLICATION/*.parquet`.
"""

import json
import time
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from warehouse.settings import LAKE

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject
    from pyspark.sql import DataFrame, SparkSession

ROOT = f"{LAKE}/tables"
POINTER = "_current.json"
_SECONDS_KEPT = 3600
"""Longer than any job writes one table."""
_FILES = 2
"""Files that a table is written as: they are small."""


class Publication(NamedTuple):
    folder: str
    rows: int
    before: str | None
    """The publication that this one took the place of: kept for readers that have begun. Others go once they are an hour old."""


def render(publication: Publication) -> str:
    return json.dumps(publication._asdict())


def parse(text: str) -> Publication:
    """Raises ValueError where it is none."""
    try:
        return Publication(**json.loads(text))
    except TypeError as error:
        raise ValueError(f"not a publication: {text:.200}") from error


def folder_of(table: str, publication: Publication) -> str:
    return f"{ROOT}/{table}/{publication.folder}"


def publish(spark: "SparkSession", table: str, frame: "DataFrame") -> int:
    """Write the rows, then let readers have them. Answers how many they are."""
    old = current(spark).get(table)
    folder = uuid4().hex
    place = f"{ROOT}/{table}/{folder}"
    frame.coalesce(_FILES).write.parquet(place)
    rows = spark.read.parquet(place).count()
    new = Publication(folder, rows, old.folder if old is not None else None)
    _write(spark, f"{ROOT}/{table}/{POINTER}", render(new))
    _sweep(spark, f"{ROOT}/{table}", {new.folder, new.before})
    return rows


def _sweep(spark: "SparkSession", place: str, kept: set[str | None]) -> None:
    """Take away what was published before, and what a job has left that died while it wrote. What is young may be unfinished."""
    root = _path(spark, place)
    files = _files(spark, root)
    youngest = (time.time() - _SECONDS_KEPT) * 1000
    for folder in files.listStatus(root):
        path = folder.getPath()
        if not folder.isDirectory() or path.getName() in kept:
            continue
        found = files.listFiles(path, True)
        times = []
        while found.hasNext():
            times.append(found.next().getModificationTime())
        if times and max(times) < youngest:
            files.delete(path, True)


def current(spark: "SparkSession") -> dict[str, Publication]:
    """What is published now, by table."""
    pattern = _path(spark, f"{ROOT}/*/{POINTER}")
    files = _files(spark, pattern)
    found = {}
    for status in files.globStatus(pattern) or ():
        path = status.getPath()
        found[path.getParent().getName()] = parse(_read(spark, files, path))
    return found


def _path(spark: "SparkSession", text: str) -> "JavaObject":
    return spark.sparkContext._jvm.org.apache.hadoop.fs.Path(text)


def _files(spark: "SparkSession", path: "JavaObject") -> "JavaObject":
    return path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())


def _read(spark: "SparkSession", files: "JavaObject", path: "JavaObject") -> str:
    stream = files.open(path)
    try:
        return spark.sparkContext._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
    finally:
        stream.close()


def _write(spark: "SparkSession", place: str, text: str) -> None:
    path = _path(spark, place)
    stream = _files(spark, path).create(path, True)
    try:
        stream.write(bytearray(text.encode()))
    finally:
        stream.close()
