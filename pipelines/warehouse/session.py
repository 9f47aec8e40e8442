"""The session that every command works in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(name: str) -> "SparkSession":
    from pyspark.sql import SparkSession

    # Times are instants; no pod's own time zone may matter.
    return SparkSession.builder.appName(name).config("spark.sql.session.timeZone", "UTC").getOrCreate()
