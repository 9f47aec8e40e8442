"""PostgreSQL: rows and the Kafka positions they came from, in one transaction."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import TypeVar

import psycopg
from psycopg import sql

from .batch import Move
from .record import COLUMNS, KEY_COLUMNS, Row
from .retry import retrying

T = TypeVar("T")

_SCHEMA_LOCK = 20130101
_COLUMN_LIST = ", ".join(COLUMNS)
_COPY = f"COPY incoming ({_COLUMN_LIST}) FROM STDIN"
_UPSERT = (
    f"INSERT INTO flights AS stored ({_COLUMN_LIST}) SELECT {_COLUMN_LIST} FROM incoming "
    f"ON CONFLICT ({', '.join(KEY_COLUMNS)}) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEY_COLUMNS)
    # A replay of what is there already writes nothing.
    + " WHERE stored IS DISTINCT FROM excluded"
)
_TIME_HOUR_TEXT = """to_char(time_hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
_ORDERED_ROWS = (
    f"COPY (SELECT {', '.join(_TIME_HOUR_TEXT if name == 'time_hour' else name for name in COLUMNS)} FROM {{table}} "
    """ORDER BY time_hour, carrier COLLATE "C", flight) TO STDOUT (FORMAT csv, NULL 'NA')"""
)
WAYS = ("etl", "elt")
"""Schemas that Spark writes, each with a view of the flights; see pipelines/warehouse."""
_READ = {
    "loader": ("flights_positions", "SELECT coalesce(sum(next_offset), 0) FROM flights_positions WHERE topic_id = %s"),
    "etl": ("etl.positions", "SELECT coalesce(sum(next_offset), 0) FROM etl.positions WHERE topic_id = %s"),
    # It reads all of them each time.
    "elt": (
        "elt.loads",
        "SELECT coalesce((SELECT records FROM elt.loads WHERE topic_id = %s ORDER BY loaded_at DESC LIMIT 1), 0)",
    ),
}
"""A table, and what says by it how many records of a topic have been read."""
_MOVE = """
UPDATE flights_positions SET next_offset = %(end)s, updated_at = now()
WHERE topic_id = %(topic)s AND partition = %(partition)s AND next_offset = %(start)s
"""


class Fenced(Exception):
    """Another loader, or an own commit whose answer was lost, has moved a position meanwhile: nothing was written."""


def connect() -> psycopg.Connection:
    """A connection by libpq's PG* variables that notices within half a minute when the server's machine is gone."""
    return psycopg.connect(
        application_name="flights",
        connect_timeout=10,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=30_000,
    )


class Database:
    """One connection, made again when it breaks."""

    def __init__(self, connect: Callable[[], psycopg.Connection] = connect) -> None:
        self._connect = connect
        self._connection: psycopg.Connection | None = None

    def run(self, what: str, operation: Callable[[psycopg.Connection], T]) -> T:
        """Run `operation` in a transaction, again on a new connection when the old one broke: it must bear repetition."""

        def attempt() -> T:
            if self._connection is None or self._connection.closed:
                self._connection = self._connect()
            try:
                with self._connection.transaction():
                    return operation(self._connection)
            except psycopg.OperationalError:
                self._connection.close()
                raise

        return retrying(f"PostgreSQL: {what}", attempt, psycopg.OperationalError)


class Warehouse:
    """The table of flights, as a loader of one Kafka topic sees it."""

    def __init__(self, database: Database, topic_id: str) -> None:
        self._database = database
        self._topic_id = topic_id

    def prepare(self, starts: Mapping[int, int]) -> None:
        """Make the tables, and a position for each partition that has none, at the offset given in `starts`."""
        statements = files("flights").joinpath("warehouse.sql").read_text()

        def operation(connection: psycopg.Connection) -> None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
            connection.execute(statements)
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO flights_positions (topic_id, partition, next_offset) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    [(self._topic_id, partition, start) for partition, start in starts.items()],
                )

        self._database.run("prepare tables", operation)

    def positions(self) -> dict[int, int]:
        """Offset of the next record to load, by partition."""
        query = "SELECT partition, next_offset FROM flights_positions WHERE topic_id = %s"
        return self._database.run(
            "read positions", lambda connection: dict(connection.execute(query, (self._topic_id,)).fetchall())
        )

    def write(self, rows: Iterable[Row], moves: Mapping[int, Move]) -> None:
        """Write rows and move positions, both or neither; `Fenced` unless each position still is at its `start`.

        The positions are compared and set first, in the partitions' order: whoever comes second waits, then is
        fenced. So of two loaders that hold the same messages (one was thought dead) one writes them.
        """

        def operation(connection: psycopg.Connection) -> None:
            for partition, move in sorted(moves.items()):
                values = {"topic": self._topic_id, "partition": partition, "start": move.start, "end": move.end}
                if connection.execute(_MOVE, values).rowcount != 1:
                    raise Fenced(f"partition {partition} is no longer at {move.start}")
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS incoming (LIKE flights) ON COMMIT DELETE ROWS")
            with connection.cursor() as cursor:
                with cursor.copy(_COPY) as copy:
                    for row in rows:
                        copy.write_row(row)
                cursor.execute(_UPSERT)

        self._database.run("write a batch", operation)


def summary_of(database: Database) -> dict[str, object]:
    """What the table of flights holds: rows, carriers, rows per origin, rows without departure time, checksum."""
    return database.run("count rows", _summarise)


def ways_of(database: Database) -> dict[str, dict[str, object]]:
    """Rows and checksum of each data way that has run."""
    return database.run("count rows of both ways", _summarise_ways)


def read_of(database: Database, topic_id: str) -> dict[str, int]:
    """How many records of a topic the loader and each way that has run have read."""

    def operation(connection: psycopg.Connection) -> dict[str, int]:
        there = {who: query for who, (table, query) in _READ.items() if _is_there(connection, table)}
        ids = {who: topic_id if who == "loader" else in_java(topic_id) for who in there}
        return {who: int(connection.execute(query, (ids[who],)).fetchone()[0]) for who, query in there.items()}

    return database.run("count records that were read", operation)


def in_java(topic_id: str) -> str:
    """A topic's id as Java's clients write it: base64 for URLs, where librdkafka's is the standard one."""
    return topic_id.translate(str.maketrans("+/", "-_"))


def _is_there(connection: psycopg.Connection, table: str) -> bool:
    return connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()[0] is not None


def _summarise(connection: psycopg.Connection) -> dict[str, object]:
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    rows, carriers, without_departure = connection.execute(
        "SELECT count(*), count(DISTINCT carrier), count(*) FILTER (WHERE dep_time IS NULL) FROM flights"
    ).fetchone()
    origins = dict(connection.execute("SELECT origin, count(*) FROM flights GROUP BY origin ORDER BY origin").fetchall())
    return {
        "rows": rows,
        "carriers": carriers,
        "origins": origins,
        "withoutDeparture": without_departure,
        "checksum": _checksum(connection, sql.Identifier("flights")),
    }


def _summarise_ways(connection: psycopg.Connection) -> dict[str, dict[str, object]]:
    there = [way for way in WAYS if _is_there(connection, f"{way}.flights")]
    return {way: _way(connection, sql.Identifier(way, "flights")) for way in there}


def _way(connection: psycopg.Connection, table: sql.Identifier) -> dict[str, object]:
    (rows,) = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    return {"rows": rows, "checksum": _checksum(connection, table)}


def _checksum(connection: psycopg.Connection, table: sql.Identifier) -> str:
    digest = hashlib.sha256()
    with connection.cursor() as cursor, cursor.copy(sql.SQL(_ORDERED_ROWS).format(table=table)) as copy:
        for lines in copy:
            digest.update(lines)
    return digest.hexdigest()
