"""Tables of the lake: Parquet files of one publication in a folder of their own, and one object that names the folder.

An object store replaces an object at once or not at all, so a reader sees a whole publication, and never a folder that is being
written. Layout: `tables/TABLE/_current.json` and `tables/TABLE/PUBLICATION/*.parquet`.
"""

import json
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from warehouse.settings import LAKE

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject
    from pyspark.sql import DataFrame, SparkSession

ROOT = f"{LAKE}/tables"
POINTER = "_current.json"
_FILES = 2
"""Files that a table is written as: they are small."""


class Publication(NamedTuple):
    folder: str
    rows: int
    before: str | None
    """The publication that this one took the place of: kept for readers that have begun."""


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
    if old is not None and old.before is not None:
        path = _path(spark, f"{ROOT}/{table}/{old.before}")
        _files(spark, path).delete(path, True)
    return rows


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
