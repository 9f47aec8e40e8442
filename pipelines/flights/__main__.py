"""python -m flights produce | load | count | spoil"""

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from .count import count
from .errors import PipelineError, Stopped
from .load import load
from .log import log
from .produce import produce
from .spoil import spoil

DEFAULT_DATA = Path("/data/flights.csv")
ENVIRONMENT = """
environment: KAFKA_BOOTSTRAP, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CA (a PEM file); for load and count also libpq's
PGHOST, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT.
exit codes: 0 done, 1 failed, 2 wrong usage, 143 stopped by SIGTERM (run it again to finish).
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("flights", description=__doc__, epilog=ENVIRONMENT)
    commands = parser.add_subparsers(dest="command", required=True)
    producing = commands.add_parser("produce", help="send the flights of a CSV file to Kafka")
    producing.add_argument("--data", type=Path, default=DEFAULT_DATA, help="flights.csv or flights.csv.zip (%(default)s)")
    commands.add_parser("load", help="bring PostgreSQL to where Kafka is now; bad records go to the dead-letter topic")
    commands.add_parser("count", help="read both sides back, print one JSON line, fail where they disagree")
    commands.add_parser("spoil", help="send ten damaged records to Kafka (for tests)")
    options = parser.parse_args(arguments)

    try:
        match options.command:
            case "produce":
                produce(options.data, told_to_stop())
            case "load":
                load(told_to_stop())
            case "count":
                count()
            case "spoil":
                spoil()
    except Stopped:
        log("stopped")
        return 128 + signal.SIGTERM
    except PipelineError as error:
        log("failed", reason=str(error))
        return 1
    return 0


def told_to_stop() -> Callable[[], bool]:
    """From now on SIGTERM ends nothing by itself; the function returned says whether it came."""
    told = False

    def take_note(_signal: int, _frame: object) -> None:
        nonlocal told
        told = True

    signal.signal(signal.SIGTERM, take_note)
    return lambda: told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
