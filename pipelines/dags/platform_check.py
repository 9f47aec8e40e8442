"""Shows that the platform runs DAGs: a task on the default queue writes to the lake and reads it back."""

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import dag, task


@dag(schedule="@hourly", catchup=False, tags=["platform"])
def platform_check() -> None:
    @task(retries=2)
    def lake() -> str:
        store = S3Hook("lake")
        store.load_string("here", key="platform-check", bucket_name="lake", replace=True)
        return store.read_key("platform-check", bucket_name="lake")

    lake()


platform_check()
