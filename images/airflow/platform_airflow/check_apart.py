"""Does something in a process of its own, so that whatever ends that process does not end this one.

It guards against mistakes: what ends Python, is killed or hangs gives no result, and what forks gives that of the process that
was started. It does not guard against malice: a file of DAGs may write the result itself, or change what checks it. A file that
kills the process that asks ends the check without a word, and with an exit code other than 0.
"""

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

POLL_SECONDS = 0.02


class NoResult(Exception):
    """The process ended before its work did: `code` is its exit code, or less than 0 the signal that killed it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}")
        self.code = code


def apart(work: Callable[[], object], seconds: float) -> Any:  # noqa: ANN401
    """What the work gives, which JSON can write. Raises NoResult, and TimeoutError where it takes longer."""
    with tempfile.TemporaryDirectory() as temporary:
        result = Path(temporary) / "result.json"
        process = os.fork()
        if process == 0:
            hand_over(work, result)
        code = exit_code(process, seconds)
        if code != 0 or not result.exists():
            raise NoResult(code)
        return json.loads(result.read_text())


def hand_over(work: Callable[[], object], result: Path) -> NoReturn:
    """All that the new process does. What the work forks comes here, too, and is not asked."""
    code = 1
    try:
        os.setsid()
        asked = os.getpid()
        text = json.dumps(work())
        if os.getpid() == asked:
            result.write_text(text)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
        os._exit(code)


def exit_code(process: int, seconds: float) -> int:
    """Of a process that leads its group, once it has ended. What it leaves behind is killed."""
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(POLL_SECONDS)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        raise TimeoutError
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
