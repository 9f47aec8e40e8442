"""Both data ways: the flights of the topic into the warehouse. They may run again at any time, and bring only what is new."""

from datetime import timedelta

from airflow.providers.common.sql.operators.sql import SQLCheckOperator
from airflow.sdk import Asset, CronTriggerTimetable, dag
from spark_job import SparkJobOperator

ETL = Asset("flights-etl")
ELT = Asset("flights-elt")

# Its default also makes up for a run that was due up to 2.4 hours before the DAG came.
DAILY = CronTriggerTimetable("@daily", timezone="UTC", run_immediately=timedelta(0))
ONE_AT_A_TIME = {"catchup": False, "max_active_runs": 1, "tags": ["flights"]}

#: No row, in the words of `etl.flights`, that the one has and the other has not, and as often.
SAME = """SELECT (SELECT count(*) FROM {one}) > 0 AS there,
  NOT EXISTS (TABLE {one} EXCEPT ALL TABLE {other}) AND NOT EXISTS (TABLE {other} EXCEPT ALL TABLE {one}) AS same"""


def compare(one: str, other: str) -> SQLCheckOperator:
    return SQLCheckOperator(
        task_id=f"compare_with_{other.split('.')[0]}",
        conn_id="warehouse",
        pool="warehouse",
        retries=2,
        sql=SAME.format(one=one, other=other),
    )


@dag(schedule=DAILY, **ONE_AT_A_TIME)
def flights_etl() -> None:
    """Kafka, Spark, the star schema in PostgreSQL."""
    SparkJobOperator(task_id="load", job="flights-etl", pool="warehouse", outlets=[ETL])


@dag(schedule=None, **ONE_AT_A_TIME)
def flights_etl_stream() -> None:
    """The same by Structured Streaming, in micro-batches, until where the topic ends now."""
    SparkJobOperator(task_id="load", job="flights-etl-stream", pool="warehouse", outlets=[ETL])


@dag(schedule=DAILY, **ONE_AT_A_TIME)
def flights_elt() -> None:
    """Kafka, MongoDB as it comes, Spark, the tables of the lake and a copy in PostgreSQL."""
    SparkJobOperator(task_id="load", job="flights-elt", pool="warehouse", outlets=[ELT])


@dag(schedule=[ETL, ELT], **ONE_AT_A_TIME)
def flights_compare() -> None:
    """Whether both ways have brought the same, and what the loader without Spark has."""
    compare("etl.flights", "elt.flights") >> compare("elt.flights", "public.flights")


flights_etl()
flights_etl_stream()
flights_elt()
flights_compare()
