"""Shows that a Celery worker lives: a file is touched whenever it has told the broker so, which Celery does every 2 seconds."""

import os
from pathlib import Path

from celery.signals import heartbeat_sent

FILE = Path(os.environ.get("WORKER_HEARTBEAT", "/tmp/worker-heartbeat"))


@heartbeat_sent.connect
def touch(**_: object) -> None:
    FILE.touch()
