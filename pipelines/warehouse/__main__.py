"""python -m warehouse etl | elt | serve"""

import argparse
import sys

from warehouse.log import log
from warehouse.problems import WarehouseError

NOTES = """
What it needs stands in files under /etc/platform (a folder for each service, a file for each key of its Secret). Where the
object store is stands in the variables AWS_ENDPOINT_URL and AWS_REGION.
exit codes: 0 done, 1 failed (the last line says why), 2 wrong usage.
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("warehouse", description=__doc__, epilog=NOTES)
    commands = parser.add_subparsers(dest="command", required=True)
    etl = commands.add_parser("etl", help="bring the star schema in PostgreSQL to where the topic ends now")
    etl.add_argument("--form", choices=("batch", "stream"), default="batch", help="both do the same (%(default)s)")
    commands.add_parser(
        "elt", help="bring MongoDB to where the topic ends now; of it the tables of the lake, their copy in PostgreSQL"
    )
    commands.add_parser("serve", help="answer SQL over the tables of the lake until stopped")
    options = parser.parse_args(arguments)

    try:
        # Each brings what it needs along: the SQL server knows nothing of Kafka.
        match options.command:
            case "etl":
                from warehouse.etl import etl as run_etl

                run_etl(options.form)
            case "elt":
                from warehouse.elt import elt as run_elt

                run_elt()
            case "serve":
                from warehouse.serve import serve

                serve()
    except WarehouseError as error:
        log("failed", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
