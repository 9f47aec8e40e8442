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

#: No row that one way has and the other has not, and as often; where records came between both, one has read further.
SAME = """WITH last AS (SELECT topic_id, records FROM elt.loads ORDER BY loaded_at DESC LIMIT 1)
SELECT (SELECT count(*) FROM etl.flights) > 0 AS there,
  (SELECT sum(next_offset) FROM etl.positions JOIN last USING (topic_id)) <> (SELECT records FROM last)
  OR NOT EXISTS (TABLE etl.flights EXCEPT ALL TABLE elt.flights)
    AND NOT EXISTS (TABLE elt.flights EXCEPT ALL TABLE etl.flights) AS same"""


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
    """Whether both ways have brought the same."""
    SQLCheckOperator(task_id="compare", conn_id="warehouse", pool="warehouse", retries=2, sql=SAME)


flights_etl()
flights_etl_stream()
flights_elt()
flights_compare()
