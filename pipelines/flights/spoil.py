"""`spoil`: ten damaged records, each in its own way, to see the dead-letter topic at work."""

import os

import orjson

from .errors import PipelineError
from .kafka import TOPIC, idempotent_producer, settings_from
from .log import log
from .record import encode
from .retry import PATIENCE_SECONDS

GOOD: dict[str, int | str | None] = {
    "year": 2013, "month": 1, "day": 1, "dep_time": 517, "sched_dep_time": 515, "dep_delay": 2, "arr_time": 830,
    "sched_arr_time": 819, "arr_delay": 11, "carrier": "UA", "flight": 1545, "tailnum": "N14228", "origin": "EWR",
    "dest": "IAH", "air_time": 227, "distance": 1400, "hour": 5, "minute": 15, "time_hour": "2013-01-01T10:00:00Z",
}  # fmt: skip


def spoilt_records() -> list[tuple[bytes | None, bytes | None]]:
    """Key and value of each."""
    key, value = encode(GOOD)
    without_origin = {name: field for name, field in GOOD.items() if name != "origin"}
    return [
        (key, None),
        (key, value[:100]),
        (key, b"\xff\xfe" + value),
        (key, value + b"x"),
        (key, orjson.dumps([GOOD])),
        (key, orjson.dumps(without_origin)),
        (key, orjson.dumps({**GOOD, "dep_delay": "late"})),
        (key, orjson.dumps({**GOOD, "time_hour": "2013-02-30T10:00:00Z"})),
        (None, value),
        (b"2013-01-01T10:00:00Z/UA/1", value),
    ]


def spoil() -> None:
    """Send them, past every check."""
    producer = idempotent_producer(settings_from(os.environ))
    records = spoilt_records()
    for key, value in records:
        producer.produce(TOPIC, value, key)
    left = producer.flush(PATIENCE_SECONDS)
    if left > 0:
        raise PipelineError(f"Kafka topic {TOPIC}: {left} spoilt records not written.")
    log("spoil", records=len(records))
