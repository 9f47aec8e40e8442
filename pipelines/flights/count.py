"""`count`: reads both sides back and compares."""

import json
import os
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import Consumer, Message, TopicPartition

from .errors import PipelineError
from .kafka import COUNTER_GROUP, DEAD_LETTER_TOPIC, TOPIC, Settings, bounds_of, settings_from, topic_id, without_errors
from .log import Progress
from .record import BadRecord, decode
from .retry import PATIENCE_SECONDS
from .warehouse import Database, read_of, summary_of, ways_of

Summary = dict[str, object]

_BATCH = 10_000
_POLL_SECONDS = 1.0


def count() -> None:
    """Print one JSON line on standard output; an error where Kafka and PostgreSQL disagree."""
    settings = settings_from(os.environ)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # PostgreSQL sorts and sums while this process reads Kafka.
        warehouse = beside.submit(read_warehouse, topic_id(settings, TOPIC))
        kafka = {**count_flights(whole_topic(settings, TOPIC)), **count_dead_letters(whole_topic(settings, DEAD_LETTER_TOPIC))}
        postgres, ways, read = warehouse.result()
    behind = {who: kafka["records"] - records for who, records in read.items() if records < kafka["records"]}
    problems = disagreements(kafka, postgres, ways, behind)
    counts = {"kafka": kafka, "postgres": postgres, "ways": ways, "behind": behind, "problems": problems}
    print(json.dumps({"event": "counts", **counts}), flush=True)
    if problems:
        raise PipelineError(" ".join(problems))


def read_warehouse(topic: str) -> tuple[Summary, dict[str, Summary], dict[str, int]]:
    """What the loader has brought, what each way has, and how many records of the topic with this id each of them has read."""
    database = Database()
    return summary_of(database), ways_of(database), read_of(database, topic)


def disagreements(kafka: Mapping[str, int], postgres: Summary, ways: Mapping[str, Summary], behind: Collection[str]) -> list[str]:
    """What must be equal and is not. Who is `behind` has not read all records yet, and is compared once it has."""
    up_to_date = {way: found for way, found in ways.items() if way not in behind}
    problems = [
        f"Kafka has {kafka['keys']} distinct keys, {way.upper()} brought {found['rows']} flights."
        for way, found in up_to_date.items()
        if found["rows"] != kafka["keys"]
    ]
    if "loader" in behind:
        return problems
    if postgres["rows"] != kafka["keys"]:
        problems.append(f"Kafka has {kafka['keys']} distinct keys, PostgreSQL {postgres['rows']} rows.")
    problems += [
        f"{way.upper()} brought other flights than the loader."
        for way, found in up_to_date.items()
        if found["rows"] == postgres["rows"] and found["checksum"] != postgres["checksum"]
    ]
    if kafka["badRecords"] != kafka["deadLetters"]:
        problems.append(
            f"{TOPIC} has {kafka['badRecords']} bad records, {DEAD_LETTER_TOPIC} {kafka['deadLetters']} dead letters."
        )
    return problems


def count_flights(messages: Iterator[Message]) -> dict[str, int]:
    """Records, distinct keys of good ones, bad ones."""
    progress = Progress("count")
    keys: set[str] = set()
    records = bad = 0
    for message in messages:
        records += 1
        progress.add(1)
        try:
            keys.add(decode(message.key(), message.value()).key)
        except BadRecord:
            bad += 1
    progress.finish()
    return {"records": records, "keys": len(keys), "badRecords": bad}


def count_dead_letters(messages: Iterator[Message]) -> dict[str, int]:
    """Distinct ones: a loader that was killed may have written some twice."""
    return {"deadLetters": len({message.key() for message in messages})}


def whole_topic(settings: Settings, topic: str) -> Iterator[Message]:
    """Every record from the beginning to the end that the topic has now."""
    # librdkafka asks for the group's coordinator, but nothing here joins the group.
    consumer = Consumer({**settings, "group.id": COUNTER_GROUP, "enable.auto.commit": False, "auto.offset.reset": "error"})
    try:
        bounds = bounds_of(consumer, topic)
        left = {partition: bound.high for partition, bound in bounds.items() if bound.low < bound.high}
        consumer.assign([TopicPartition(topic, partition, bounds[partition].low) for partition in left])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while left:
            for message in without_errors(consumer.consume(_BATCH, _POLL_SECONDS)):
                deadline = time.monotonic() + PATIENCE_SECONDS
                if message.offset() < bounds[message.partition()].high:
                    yield message
                if message.offset() + 1 >= bounds[message.partition()].high:
                    left.pop(message.partition(), None)
            if time.monotonic() > deadline:
                raise PipelineError(f"Kafka topic {topic}: no record for {PATIENCE_SECONDS:.0f} s, though some are left.")
    finally:
        consumer.close()
