"""Backups of PostgreSQL's databases in a bucket: `backup`, `list`, `restore`. One JSON object a line on standard output."""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backup_plan import (
    FOLDER,
    Backup,
    BackupError,
    Record,
    backups_in,
    chosen,
    differences,
    new_backup,
    outdated,
    parse_time,
)
from backup_postgres import Login, dump, restored
from backup_store import Bucket, Keys

DATABASES = Path("/etc/backup/databases")
"""A folder for each database, with its owner's login."""
KEYS = Path("/etc/backup/store")
SECONDS_BETWEEN_PROGRESS = 2.0


def say(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def backup(bucket: Bucket, databases: Iterable[str], retention: timedelta) -> None:
    """Back up each database, also where another one fails, then delete what is past its time."""
    failed = [database for database in databases if not tried(bucket, database)]
    for key in outdated(list(bucket.keys_below(f"{FOLDER}/")), datetime.now(UTC), retention):
        bucket.delete(key)
        say("deleted", key=key)
    if failed:
        raise BackupError(f"no backup of {', '.join(failed)}.")


def tried(bucket: Bucket, database: str) -> bool:
    try:
        backup_one(bucket, database)
    except BackupError as error:
        say("failed", database=database, reason=str(error))
        return False
    return True


def backup_one(bucket: Bucket, database: str) -> None:
    begin = time.monotonic()
    backup = new_backup(database, datetime.now(UTC))
    with dump(Login(DATABASES / database)) as (tables, stream):
        size, digest = bucket.upload(backup.dump, stream)
    bucket.put(backup.record, Record(size, digest, tables).text().encode())
    say("backup", **facts(backup, size, tables), seconds=round(time.monotonic() - begin, 1))


def restore(bucket: Bucket, databases: Iterable[str], at: str | None) -> None:
    """Restore each database, one after the other; none where one of them has no backup to restore."""
    moment = None if at is None else parse_time(at)
    there = backups_in(bucket.keys_below(f"{FOLDER}/"))
    for backup in [chosen(there, database, moment) for database in databases]:
        restore_one(bucket, backup)


def restore_one(bucket: Bucket, backup: Backup) -> None:
    begin = time.monotonic()
    record = Record.parse(bucket.get(backup.record), backup.record)
    digest = hashlib.sha256()
    pieces = watched(bucket.open(backup.dump), digest, backup.database, record.size)
    with restored(Login(DATABASES / backup.database), pieces) as tables:
        if digest.hexdigest() != record.sha256:
            raise BackupError(f"{backup.dump} is damaged: its SHA-256 is not the recorded one. Nothing was changed.")
        wrong = differences(record.tables, tables)
        if wrong:
            raise BackupError(f"{backup.database} would not be as it was: {'; '.join(wrong)}. Nothing was changed.")
    say("restored", **facts(backup, record.size, tables), seconds=round(time.monotonic() - begin, 1))


def watched(pieces: Iterable[bytes], digest: "hashlib._Hash", database: str, size: int) -> Iterator[bytes]:
    """The same pieces; says now and then how many bytes have gone by."""
    done, said = 0, time.monotonic()
    for piece in pieces:
        digest.update(piece)
        done += len(piece)
        if time.monotonic() - said >= SECONDS_BETWEEN_PROGRESS:
            said = time.monotonic()
            say("progress", database=database, done=done, of=size)
        yield piece


def list_backups(bucket: Bucket, databases: Iterable[str]) -> None:
    wanted = set(databases)
    for backup in backups_in(bucket.keys_below(f"{FOLDER}/")):
        if backup.database in wanted:
            record = Record.parse(bucket.get(backup.record), backup.record)
            say("listed", **facts(backup, record.size, record.tables))


def facts(backup: Backup, size: int, tables: dict[str, int]) -> dict[str, object]:
    time_text = backup.moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"database": backup.database, "time": time_text, "bytes": size, "tables": tables, "rows": sum(tables.values())}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("backup", "list", "restore"):
        commands.add_parser(name).add_argument("databases", nargs="+" if name == "restore" else "*")
    commands.choices["restore"].add_argument("--at")
    options = parser.parse_args(arguments)
    try:
        known = sorted(folder.name for folder in DATABASES.iterdir() if not folder.name.startswith("."))
        unknown = sorted(set(options.databases) - set(known))
        if unknown:
            raise BackupError(f"there is no database {', '.join(unknown)}. There are: {', '.join(known)}.")
        databases = options.databases or known
        bucket = Bucket(Keys(KEYS), os.environ["BACKUP_BUCKET"])
        match options.command:
            case "backup":
                backup(bucket, databases, timedelta(seconds=int(os.environ["BACKUP_RETENTION_SECONDS"])))
            case "list":
                list_backups(bucket, databases)
            case "restore":
                restore(bucket, databases, options.at)
    except BackupError as error:
        say("failed", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
