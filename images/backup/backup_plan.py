"""Which backups there are, which one is meant, which ones are to go. Pure.

A backup is two objects: `postgres/DATABASE/TIME.dump`, and `TIME.json` beside it, which is written last: what has no JSON file is
no backup. TIME is when the snapshot was taken, in UTC, such as 20261121T030000Z.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

FOLDER = "postgres"
STAMP = "%Y%m%dT%H%M%SZ"
UNFINISHED_AFTER = timedelta(days=1)
"""A dump without its JSON file is what a killed run left, once it is older than any run may take."""

_KEY = re.compile(rf"{FOLDER}/([a-z][a-z0-9_]*)/(\d{{8}}T\d{{6}}Z)\.(json|dump)")


class BackupError(Exception):
    """What is wrong and how to mend it; ends the program with one line."""


@dataclass(frozen=True, order=True)
class Backup:
    database: str
    time: str

    @property
    def dump(self) -> str:
        return f"{FOLDER}/{self.database}/{self.time}.dump"

    @property
    def record(self) -> str:
        return f"{FOLDER}/{self.database}/{self.time}.json"

    @property
    def moment(self) -> datetime:
        return datetime.strptime(self.time, STAMP).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Record:
    """What the JSON file says of a dump."""

    size: int
    sha256: str
    tables: Mapping[str, int]
    """Rows of each table in the snapshot that was dumped."""

    def text(self) -> str:
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @staticmethod
    def parse(text: str | bytes, name: str) -> "Record":
        """`name` is the object's, for who is to mend it."""
        try:
            fields = json.loads(text)
            tables = {table: int(rows) for table, rows in fields["tables"].items()}
            return Record(int(fields["size"]), str(fields["sha256"]), tables)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupError(f"{name} is damaged: it should say what is in the dump. Delete it.") from None


def new_backup(database: str, now: datetime) -> Backup:
    return Backup(database, now.astimezone(UTC).strftime(STAMP))


def _found(keys: Iterable[str], kind: str) -> set[Backup]:
    matches = (_KEY.fullmatch(key) for key in keys)
    return {Backup(match[1], match[2]) for match in matches if match is not None and match[3] == kind}


def backups_in(keys: Iterable[str]) -> list[Backup]:
    """Finished backups among an object store's keys, by database and time."""
    return sorted(_found(keys, "json"))


def parse_time(text: str) -> datetime:
    """A moment as `scripts/backup list` prints it, or any of ISO 8601; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BackupError(f'the time "{text}" cannot be read. Write it like 2026-11-21T03:00:00Z.') from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def chosen(backups: Iterable[Backup], database: str, at: datetime | None) -> Backup:
    """The newest backup of the database, or the newest that is no younger than `at`."""
    own = [backup for backup in sorted(backups) if backup.database == database]
    if not own:
        raise BackupError(f"there is no backup of {database}. Make one: scripts/backup now {database}")
    fitting = own if at is None else [backup for backup in own if backup.moment <= at]
    if not fitting:
        first, last = own[0].moment, own[-1].moment
        wanted = at.astimezone(UTC) if at is not None else at
        raise BackupError(
            f"there is no backup of {database} from {wanted:%Y-%m-%dT%H:%M:%SZ} or before. "
            f"There are {len(own)}, from {first:%Y-%m-%dT%H:%M:%SZ} to {last:%Y-%m-%dT%H:%M:%SZ}."
        )
    return fitting[-1]


def outdated(keys: Iterable[str], now: datetime, retention: timedelta) -> list[str]:
    """Keys to delete: of backups past their time, but never of a database's newest, and of dumps that were never finished.

    A backup's JSON file comes before its dump, so that a run that is killed in between leaves no backup without a dump.
    """
    keys = list(keys)
    finished = backups_in(keys)
    newest = {backup.database: backup for backup in finished}
    old = [backup for backup in finished if backup.moment < now - retention and newest[backup.database] != backup]
    unfinished = [backup for backup in sorted(_found(keys, "dump") - set(finished)) if backup.moment < now - UNFINISHED_AFTER]
    return [key for backup in old for key in (backup.record, backup.dump)] + [backup.dump for backup in unfinished]


def differences(expected: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Tables whose rows are not as many as they were when the dump was made."""
    return [
        f"{table}: {found.get(table, 'no table')} in place of {expected.get(table, 'no table')}"
        for table in sorted({*expected, *found})
        if expected.get(table) != found.get(table)
    ]
