"""The session that every command works in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(name: str) -> "SparkSession":
    from pyspark.sql import SparkSession

    settings = {
        # Times are instants; no pod's own time zone may matter.
        "spark.sql.session.timeZone": "UTC",
        # Spark's own 200 are for many executors: each is a task, and a table of this size would be cut into crumbs.
        "spark.sql.shuffle.partitions": "8",
    }
    return SparkSession.builder.appName(name).config(map=settings).getOrCreate()
