"""One JSON object a line on standard error: for people, and for whatever collects the logs of pods."""

import json
import sys
import time
from datetime import UTC, datetime

SECONDS_BETWEEN_PROGRESS = 3.0


def log(event: str, **fields: object) -> None:
    """Write one line. Fields must hold no secret: nothing is filtered here."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    print(json.dumps({"time": now, "event": event, **fields}), file=sys.stderr, flush=True)


class Progress:
    """Counts, and says so every few seconds; `finish` says it at last, with the seconds it took."""

    def __init__(self, event: str, total: int | None = None) -> None:
        self._event = event
        self._total = {} if total is None else {"of": total}
        self._done = 0
        self._begin = self._said = time.monotonic()

    def add(self, count: int) -> None:
        self._done += count
        if time.monotonic() - self._said >= SECONDS_BETWEEN_PROGRESS:
            self._said = time.monotonic()
            log(self._event, done=self._done, **self._total)

    def finish(self, **fields: object) -> None:
        seconds = round(time.monotonic() - self._begin, 1)
        log(self._event, done=self._done, **self._total, seconds=seconds, finished=True, **fields)
