"""The star schema in PostgreSQL, as one load of one way sees it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from warehouse.problems import WarehouseError
from warehouse.settings import libpq

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAR, _INTAKE = (Path(__file__).with_name(name) for name in ("star.sql", "intake.sql"))

FACTS = (
    "time_hour", "carrier", "flight", "date_key", "origin", "dest", "tailnum", "dep_time", "sched_dep_time", "dep_delay",
    "arr_time", "sched_arr_time", "arr_delay", "air_time", "distance", "hour", "minute", "partition", "offset",
    "timestamp",
)  # fmt: skip
KEY = FACTS[:3]
LATEST = ("timestamp", "partition", "offset")
"""The record for which these are greatest holds, of several of one flight. By the partition first, the lower one would hold where
their number has changed, and with it the one that a flight goes to."""
AIRPORT = ("airport", "name", "latitude", "longitude", "altitude", "utc_offset", "dst", "time_zone")


class Fenced(WarehouseError):
    """Somebody else has loaded these records meanwhile: nothing was written."""


class Span(NamedTuple):
    """Records of one partition: from `start`, up to but without `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Quality:
    """What a load found: the columns of table `loads`."""

    records: int
    flights: int
    """Distinct ones."""
    rejected: int
    duplicates: int
    """Records that say a flight again which the same load has already."""
    without_key: int
    """Flights that lack a field of their key: none, or a rule is missing."""
    unknown_carriers: int
    unknown_airports: int

    def problems(self) -> list[str]:
        """Why the load must not be written."""
        found = []
        if self.records != self.flights + self.duplicates + self.rejected:
            found.append(f"{self.records} records are not {self.flights} + {self.duplicates} + {self.rejected}.")
        if self.without_key > 0:
            found.append(f"{self.without_key} flights lack a field of their key.")
        return found


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def _path(*schemas: str) -> sql.Composed:
    return sql.SQL("SET LOCAL search_path TO {}").format(_names(schemas))


def _upsert(table: str, columns: Sequence[str], key: Sequence[str], source: sql.Composable) -> sql.Composed:
    """Rows of `source` into a table, over those of the same key."""
    rest = [column for column in columns if column not in key]
    changes = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in rest)
    return sql.SQL("INSERT INTO {} ({}) {} ON CONFLICT ({}) DO UPDATE SET {}").format(
        sql.Identifier(table), _names(columns), source, _names(key), changes
    )


# One load may say a flight twice, or another one than what is there: the later record holds, in whatever order they come.
_LATEST = sql.SQL(
    "SELECT DISTINCT ON ({key}) {columns} FROM staged_flight WHERE load_id = %(load)s ORDER BY {key}, {latest}"
).format(
    key=_names(KEY),
    columns=_names(FACTS),
    latest=sql.SQL(", ").join(sql.SQL("{} DESC").format(sql.Identifier(column)) for column in LATEST),
)
_FACTS = _upsert("fact_flight", FACTS, KEY, _LATEST) + sql.SQL(" WHERE ({}) < ({})").format(
    *(sql.SQL(", ").join(sql.Identifier(row, column) for column in LATEST) for row in ("fact_flight", "excluded"))
)
_DIMENSIONS = (
    """INSERT INTO dim_carrier (carrier)
       SELECT DISTINCT carrier FROM staged_flight WHERE load_id = %(load)s ON CONFLICT DO NOTHING""",
    """INSERT INTO dim_airport (airport)
       SELECT origin FROM staged_flight WHERE load_id = %(load)s UNION SELECT dest FROM staged_flight WHERE load_id = %(load)s
       ON CONFLICT DO NOTHING""",
    """INSERT INTO dim_date
       SELECT to_char(date, 'YYYYMMDD')::integer, date, extract(year FROM date), extract(quarter FROM date),
         extract(month FROM date), extract(day FROM date), extract(week FROM date), extract(isodow FROM date),
         extract(isodow FROM date) > 5
       FROM (SELECT DISTINCT to_date(date_key::text, 'YYYYMMDD') AS date FROM staged_flight WHERE load_id = %(load)s) AS dates
       ON CONFLICT DO NOTHING""",
)
_REJECTED = """INSERT INTO rejected (topic_id, partition, "offset", reason, key, value)
    SELECT %(topic)s, partition, "offset", reason, key, value FROM staged_rejected WHERE load_id = %(load)s
    ON CONFLICT DO NOTHING"""
_MOVE = """UPDATE positions SET next_offset = %(end)s
    WHERE topic_id = %(topic)s AND partition = %(partition)s AND next_offset = %(start)s"""
_FIRST = (
    """INSERT INTO positions (topic_id, partition, next_offset) VALUES (%(topic)s, %(partition)s, 0) ON CONFLICT DO NOTHING"""
)
_STAGES = ("staged_flight", "staged_rejected")
_OLD = "1 day"
# Up to commit b6717c6 these were in the schema that readers see. To go once no platform and no backup is that old.
_MOVES = (
    "DROP TABLE IF EXISTS {way}.staged_flight, {way}.staged_rejected",
    "ALTER TABLE IF EXISTS {way}.rejected SET SCHEMA {intake}",
)


class Star:
    """The tables of one way, `etl` or `elt`, in a schema of that name; in another what is not for those who read that one."""

    def __init__(self, way: str, values: Mapping[str, str]) -> None:
        self.way = way
        self.intake = f"{way}_intake"
        self._values = values

    @contextmanager
    def _transaction(self) -> "Iterator[psycopg.Connection]":
        """One transaction in the way's schemas; a WarehouseError with the server's own words where it fails."""
        try:
            with psycopg.connect(**libpq(self._values)) as connection:
                connection.execute(_path(self.way, self.intake))
                yield connection
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()
            raise WarehouseError(f"PostgreSQL, schema {self.way}: {reason[0] if reason else repr(error)}") from error

    def prepare(self, carriers: Iterable[Sequence[object]], airports: Iterable[Sequence[object]]) -> None:
        """Make the tables, bring both lists to what they are now, and forget what loads that died have staged."""
        with self._transaction() as connection, connection.cursor() as cursor:
            # Tables and who may read them are changed by one at a time: jobs, that function, a restore.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('public.apply_access'))")
            names = {"way": sql.Identifier(self.way), "intake": sql.Identifier(self.intake)}
            for statement in ("CREATE SCHEMA IF NOT EXISTS {way}", "CREATE SCHEMA IF NOT EXISTS {intake}", *_MOVES):
                cursor.execute(sql.SQL(statement).format(**names))
            cursor.execute(_STAR.read_text())
            cursor.execute(_path(self.intake, self.way))
            cursor.execute(_INTAKE.read_text())
            lists = (("dim_carrier", ("carrier", "name"), carriers), ("dim_airport", AIRPORT, airports))
            for table, columns, rows in lists:
                values = sql.SQL("VALUES ({})").format(sql.SQL(", ").join(sql.Placeholder() * len(columns)))
                cursor.executemany(_upsert(table, columns, columns[:1], values), list(rows))
            # Readers are let in by rules of the platform, where it has any: components/postgres-access.
            if cursor.execute("SELECT to_regprocedure('public.apply_access()')").fetchone()[0]:
                cursor.execute("SELECT public.apply_access()")
            for stage in _STAGES:
                cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE staged_at < now() - {}::interval").format(
                        sql.Identifier(stage), sql.Literal(_OLD)
                    )
                )

    def positions(self, topic_id: str) -> dict[int, int]:
        """Offset of the next record to load, by partition."""
        with self._transaction() as connection:
            query = "SELECT partition, next_offset FROM positions WHERE topic_id = %s"
            return dict(connection.execute(query, (topic_id,)).fetchall())

    def flights(self) -> int:
        """How many there are."""
        with self._transaction() as connection:
            return connection.execute("SELECT count(*) FROM fact_flight").fetchone()[0]

    def apply(self, load: UUID, topic_id: str, spans: Mapping[int, Span], quality: Quality) -> None:
        """Take what was staged under `load`, and move the positions: both or neither. `Fenced` unless each position is where its
        span starts; whoever comes second waits for the first, and is then fenced."""
        with self._transaction() as connection:
            for partition, span in sorted(spans.items()):
                values = {"topic": topic_id, "partition": partition, "start": span.start, "end": span.end}
                connection.execute(_FIRST, values)
                if connection.execute(_MOVE, values).rowcount != 1:
                    raise Fenced(f"Partition {partition} is no longer at {span.start}. Run it again.")
            self._take(connection, load, topic_id, quality)

    def replace(self, load: UUID, topic_id: str, quality: Quality) -> None:
        """Take what was staged under `load` in place of all that was there: both or neither."""
        with self._transaction() as connection:
            for table in ("fact_flight", "rejected"):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            self._take(connection, load, topic_id, quality)

    def _take(self, connection: psycopg.Connection, load: UUID, topic_id: str, quality: Quality) -> None:
        names = {"load": load, "topic": topic_id}
        for statement in (*_DIMENSIONS, _FACTS, _REJECTED):
            connection.execute(statement, names)
        report = {"load_id": load, "topic_id": topic_id, **asdict(quality)}
        connection.execute(
            sql.SQL("INSERT INTO loads ({}) VALUES ({})").format(
                _names(report), sql.SQL(", ").join(sql.Placeholder(name) for name in report)
            ),
            report,
        )
        for stage in _STAGES:
            connection.execute(sql.SQL("DELETE FROM {} WHERE load_id = %s").format(sql.Identifier(stage)), (load,))
