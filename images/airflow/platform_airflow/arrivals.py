"""What an asset watches to tell that something has arrived in a bucket."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

if TYPE_CHECKING:
    from botocore.paginate import Paginator


class ArrivalTrigger(BaseEventTrigger):
    """An event for each new set of objects under a prefix, with their keys. What is still there after a restart is told again: a
    DAG takes away what it has dealt with."""

    def __init__(self, *, connection: str, bucket: str, prefix: str, seconds: int = 10) -> None:
        super().__init__()
        self.wanted = {"connection": connection, "bucket": bucket, "prefix": prefix, "seconds": seconds}

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", self.wanted

    async def run(self) -> AsyncIterator[TriggerEvent]:
        # One for all times: each costs megabytes that boto does not give back.
        pages = await asyncio.to_thread(lambda: S3Hook(self.wanted["connection"]).get_conn().get_paginator("list_objects_v2"))
        told: set[tuple[str, str]] = set()
        while True:
            there = await asyncio.to_thread(self._objects, pages)
            if there - told:
                yield TriggerEvent({"bucket": self.wanted["bucket"], "keys": sorted(key for key, _ in there - told)})
            told = there
            await asyncio.sleep(self.wanted["seconds"])

    def _objects(self, pages: "Paginator") -> set[tuple[str, str]]:
        """Keys, each with what tells its content from another that came under the same key."""
        found = pages.paginate(Bucket=self.wanted["bucket"], Prefix=self.wanted["prefix"])
        objects = ((each["Key"], f"{each['LastModified']} {each['ETag']}") for page in found for each in page.get("Contents", []))
        return {(key, version) for key, version in objects if not key.endswith("/")}
