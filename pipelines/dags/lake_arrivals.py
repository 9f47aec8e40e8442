"""Starts when something arrives in `s3://lake/incoming/`: says what it is, and takes it to `arrived/ETAG/`, where what comes
under a name again lies beside what came before."""

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import Asset, AssetWatcher, dag, task
from platform_airflow.arrivals import ArrivalTrigger

BUCKET, INCOMING, ARRIVED = "lake", "incoming/", "arrived/"

incoming = Asset(
    "lake-incoming",
    watchers=[AssetWatcher(name="lake-incoming", trigger=ArrivalTrigger(connection="lake", bucket=BUCKET, prefix=INCOMING))],
)


@dag(schedule=[incoming], catchup=False, max_active_runs=1, tags=["platform"])
def lake_arrivals() -> None:
    @task(retries=2)
    def take_in() -> dict[str, int]:
        store = S3Hook("lake")
        sizes = {}
        # All that is there now: an event that came while this waited is dealt with, too.
        for key in store.list_keys(BUCKET, prefix=INCOMING) or []:
            if key.endswith("/"):
                continue
            found = store.head_object(key, BUCKET)
            tag = found["ETag"]
            arrived = ARRIVED + tag.strip('"') + "/" + key.removeprefix(INCOMING)
            store.copy_object(key, arrived, BUCKET, BUCKET, CopySourceIfMatch=tag)
            # What was written anew meanwhile stays, and is told as another arrival.
            if store.head_object(key, BUCKET)["ETag"] == tag:
                store.delete_objects(BUCKET, key)
            sizes[key] = found["ContentLength"]
        return sizes

    take_in()


lake_arrivals()
