from datetime import UTC, datetime, timedelta

import pytest
from backup_plan import Backup, BackupError, Record, backups_in, chosen, differences, new_backup, outdated, parse_time

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


def days_ago(days, database="warehouse"):
    return new_backup(database, NOW - timedelta(days=days))


def keys(*backups):
    return [key for backup in backups for key in (backup.dump, backup.record)]


def test_a_backup_is_what_has_its_record():
    whole, without = days_ago(1), days_ago(2)
    foreign = ["postgres/warehouse/notes.json", "other/warehouse/20261121T030000Z.json", "postgres/Ware/20261121T030000Z.json"]
    assert backups_in([*keys(whole), without.dump, *foreign]) == [whole]


def test_names_sort_as_times_do():
    backup = new_backup("warehouse", datetime.fromisoformat("2026-11-21T05:00:07+02:00"))
    assert backup.dump == "postgres/warehouse/20261121T030007Z.dump"
    assert backup.moment == datetime(2026, 11, 21, 3, 0, 7, tzinfo=UTC)


def test_the_newest_is_meant_unless_a_time_is_said():
    old, new, other = days_ago(5), days_ago(1), days_ago(0, "airflow")
    there = [new, other, old]
    assert chosen(there, "warehouse", None) == new
    assert chosen(there, "warehouse", NOW - timedelta(days=1)) == new
    assert chosen(there, "warehouse", NOW - timedelta(days=2)) == old


def test_a_backup_that_is_missing_is_told_with_what_there_is():
    with pytest.raises(BackupError, match=r"no backup of keycloak.*scripts/backup now keycloak"):
        chosen([days_ago(1)], "keycloak", None)
    with pytest.raises(BackupError, match=r"no backup of warehouse from 2026-11-11T12:00:00Z.*from 2026-11-16"):
        chosen([days_ago(5)], "warehouse", NOW - timedelta(days=10))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21T03:00:00Z", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("2026-11-21T05:00:00+02:00", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("2026-11-21 03:00", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_times(text, moment):
    assert parse_time(text) == moment


def test_a_time_that_cannot_be_read():
    with pytest.raises(BackupError, match="yesterday"):
        parse_time("yesterday")


def test_what_is_past_its_time_goes_record_first_but_never_the_newest():
    old, older, kept = days_ago(31), days_ago(60), days_ago(29)
    only = days_ago(90, "keycloak")
    there = keys(old, older, kept, only)
    assert outdated(there, NOW, MONTH) == [older.record, older.dump, old.record, old.dump]
    assert outdated(keys(only), NOW, MONTH) == []


def test_dumps_that_were_never_finished_go_once_no_run_can_be_at_them():
    killed, running = days_ago(2), days_ago(0.5)
    assert outdated([killed.dump, running.dump], NOW, MONTH) == [killed.dump]


def test_a_record_reads_as_it_was_written():
    record = Record(5, "ab", {"public.flights": 336776})
    assert Record.parse(record.text(), "x.json") == record


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b"5",
        b'{"size": 5}',
        b'{"size": [], "sha256": "", "tables": {}}',
        b'{"size": 5, "sha256": "", "tables": []}',
    ],
)
def test_a_record_that_is_damaged_is_named(text):
    with pytest.raises(BackupError, match=r"postgres/a/20261121T030000Z\.json is damaged"):
        Record.parse(text, "postgres/a/20261121T030000Z.json")


def test_rows_that_are_not_as_they_were():
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 2}) == []
    assert differences({"a": 1, "b": 2}, {"b": 3, "c": 4}) == [
        "a: no table in place of 1",
        "b: 3 in place of 2",
        "c: 4 in place of no table",
    ]


def test_backups_of_one_time_are_told_apart_by_database():
    assert Backup("a", "20261121T030000Z") < Backup("b", "20261120T030000Z")
