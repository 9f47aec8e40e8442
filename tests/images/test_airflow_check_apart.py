import os
import signal
import time

import pytest
from platform_airflow.check_apart import NoResult, apart


def test_what_the_work_gives_is_handed_over():
    assert apart(lambda: {"pid": os.getpid()}, 10)["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("work", "how"),
    [
        (lambda: os._exit(0), "exit code 0"),
        (lambda: os._exit(3), "exit code 3"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "signal SIGKILL"),
        (lambda: os.killpg(0, signal.SIGTERM), "signal SIGTERM"),
        (lambda: {}["nothing"], "exit code 1"),
        (lambda: object(), "exit code 1"),
    ],
)
def test_work_that_does_not_come_to_its_end_has_no_result(work, how):
    with pytest.raises(NoResult, match=f"^{how}$"):
        apart(work, 10)


def test_work_that_takes_too_long_is_ended():
    with pytest.raises(TimeoutError):
        apart(lambda: time.sleep(60), 0.1)


def test_what_the_work_forks_has_no_say(tmp_path):
    def work():
        if os.fork() == 0:
            return "of the fork"
        time.sleep(0.2)
        return "of the process"

    assert apart(work, 10) == "of the process"


def test_what_the_work_leaves_behind_is_killed():
    def work():
        left = os.fork()
        if left == 0:
            time.sleep(60)
        return left

    left = apart(work, 10)
    deadline = time.monotonic() + 10
    while alive(left) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(left)


def alive(process):
    """Whether a process runs. Where nobody asks for its exit code, it is there as a zombie."""
    try:
        with open(f"/proc/{process}/stat") as stat:  # noqa: PTH123
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
