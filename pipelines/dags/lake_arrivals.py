"""Starts when something arrives in `s3://lake/incoming/`: says what it is, and takes it to `arrived/`."""

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import Asset, AssetWatcher, dag, task
from platform_airflow.arrivals import ArrivalTrigger

BUCKET, INCOMING, ARRIVED = "lake", "incoming/", "arrived/"

incoming = Asset(
    "lake-incoming",
    watchers=[AssetWatcher(name="lake-incoming", trigger=ArrivalTrigger(connection="lake", bucket=BUCKET, prefix=INCOMING))],
)


@dag(schedule=[incoming], catchup=False, max_active_runs=1, is_paused_upon_creation=False, tags=["platform"])
def lake_arrivals() -> None:
    @task(retries=2)
    def take_in() -> dict[str, int]:
        store = S3Hook("lake")
        sizes = {}
        # All that is there now: an event that came while this waited is dealt with, too.
        for key in store.list_keys(BUCKET, prefix=INCOMING) or []:
            if key.endswith("/"):
                continue
            sizes[key] = store.head_object(key, BUCKET)["ContentLength"]
            store.copy_object(key, ARRIVED + key.removeprefix(INCOMING), BUCKET, BUCKET)
            store.delete_objects(BUCKET, key)
        return sizes

    take_in()


lake_arrivals()
