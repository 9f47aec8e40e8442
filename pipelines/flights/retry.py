"""Waiting for servers that restart, with a limit."""

import time
from collections.abc import Callable
from typing import TypeVar

from .errors import PipelineError
from .log import log

T = TypeVar("T")

PATIENCE_SECONDS = 240.0
"""How long a server may be away. Below Kafka's max.poll.interval.ms (300 s), so that a loader which
waits for PostgreSQL keeps its place in the consumer group."""


def retrying(
    what: str,
    operation: Callable[[], T],
    transient: type[Exception],
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Repeat `operation` while it raises `transient`, more and more slowly, for `patience` seconds."""
    deadline = time.monotonic() + patience
    pause = 0.25
    while True:
        try:
            return operation()
        except transient as error:
            reason = str(error).strip().splitlines()[-1] if str(error).strip() else repr(error)
            if time.monotonic() + pause > deadline:
                raise PipelineError(f"{what}: gave up after {patience:.0f} s: {reason}") from error
            log("retry", what=what, reason=reason, pause=pause)
            sleep(pause)
            pause = min(pause * 2, 5.0)
