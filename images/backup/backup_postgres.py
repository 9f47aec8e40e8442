"""PostgreSQL's own programs: pg_dump, pg_restore and psql, run as the owner of a database, who is no superuser."""

import json
import os
import re
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import IO

from backup_plan import BackupError

LOCK_SECONDS = 60
"""How long a restore waits for those who use a table that it replaces."""

ACCESS = "public.apply_access"
"""Function that says who may read; whoever calls it holds this lock. It changes the catalogue's rows of tables, which are dropped
here: PostgreSQL refuses both at once ("tuple concurrently updated")."""

CONTENTS_BYTES = 16 * 2**20
"""Table of contents of a dump at most, which is its begin: some 100 bytes for each object of the database."""

_DONE = "------ answered ------"

_OF_OTHERS = re.compile(rb"\d+; \d+ \d+ (ACL|COMMENT|DEFAULT ACL|POLICY) ")
"""Entries of a table of contents that name roles besides the owner, and comments, since they may be on a policy."""

# Those that belong to an extension are the extension's business, which the platform makes.
_NOT_OF_EXTENSIONS = "NOT EXISTS (SELECT FROM pg_depend WHERE objid = {oid} AND deptype = 'e')"
_OWN_SCHEMA = "nspname !~ '^pg_' AND nspname <> 'information_schema'"

TABLES = f"""
SELECT to_json(format('%I.%I', nspname, relname)) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND {_OWN_SCHEMA} AND {_NOT_OF_EXTENSIONS.format(oid="pg_class.oid")} ORDER BY 1::text;
"""

CLEAN = f"""
DO $clean$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_namespace
    WHERE {_OWN_SCHEMA} AND nspname <> 'public' AND {_NOT_OF_EXTENSIONS.format(oid="pg_namespace.oid")}
    UNION ALL
    SELECT format('DROP %s IF EXISTS %s CASCADE',
        CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
          WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, pg_class.oid::regclass)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
      AND {_NOT_OF_EXTENSIONS.format(oid="pg_class.oid")}
    UNION ALL
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', pg_proc.oid::regprocedure)
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE nspname = 'public' AND prokind <> 'a' AND {_NOT_OF_EXTENSIONS.format(oid="pg_proc.oid")}
    UNION ALL
    SELECT format('DROP TYPE IF EXISTS %s CASCADE', pg_type.oid::regtype)
    FROM pg_type JOIN pg_namespace ON pg_namespace.oid = typnamespace
    WHERE nspname = 'public' AND typtype IN ('e', 'd', 'r') AND {_NOT_OF_EXTENSIONS.format(oid="pg_type.oid")}
    UNION ALL
    SELECT format('SELECT lo_unlink(%s)', oid) FROM pg_largeobject_metadata WHERE lomowner = current_user::regrole
  LOOP
    EXECUTE statement;
  END LOOP;
END
$clean$;
"""
"""Takes away all that the owner has in the database. Names are made before the first is dropped, hence IF EXISTS and CASCADE."""


class Login:
    """What the database's component writes for an application: a folder of files."""

    def __init__(self, folder: Path) -> None:
        self.database = (folder / "database").read_text()
        self.environment = {
            **os.environ,
            "PGHOST": (folder / "host").read_text(),
            "PGPORT": (folder / "port").read_text(),
            "PGDATABASE": self.database,
            "PGUSER": (folder / "username").read_text(),
            "PGPASSWORD": (folder / "password").read_text(),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(folder / "ca.crt"),
            "PGAPPNAME": "backup",
            "PGCONNECT_TIMEOUT": "10",
        }


class LastLines:
    """Reads a program's standard error to its end and keeps what it said last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._lines: deque[str] = deque(maxlen=5)
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.append(line.decode(errors="replace").strip())

    def text(self) -> str:
        self._thread.join(timeout=10)
        return " ".join(line for line in self._lines if line)


class Psql:
    """One psql, so one session of the server. It ends at the first error, which rolls back what was not committed."""

    def __init__(self, login: Login) -> None:
        options = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]
        self._process = subprocess.Popen(
            ["psql", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=login.environment
        )
        self._database = login.database
        self._errors = LastLines(self._stream(self._process.stderr))

    @property
    def input(self) -> IO[bytes]:
        return self._stream(self._process.stdin)

    def ask(self, statements: str) -> list[str]:
        """Lines that the statements answer."""
        answers: list[str] = []
        try:
            self.input.write(f"{statements}\n\\echo {_DONE}\n".encode())
            self.input.flush()
        except BrokenPipeError:
            raise self.failure() from None
        for line in self._stream(self._process.stdout):
            text = line.decode().rstrip("\n")
            if text == _DONE:
                return answers
            answers.append(text)
        raise self.failure()

    def failure(self) -> BackupError:
        return BackupError(f"{self._database}: PostgreSQL says: {self._errors.text() or 'nothing'}")

    def ended(self) -> bool:
        """Whether it has given up by itself."""
        try:
            return self._process.wait(timeout=5) != 0
        except subprocess.TimeoutExpired:
            return False

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    @staticmethod
    def _stream(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream


def rows_of(psql: Psql) -> dict[str, int]:
    """Rows of each table, as the session sees them."""
    tables = [json.loads(line) for line in psql.ask(TABLES)]
    return {table: int(psql.ask(f"SELECT count(*) FROM ONLY {table};")[0]) for table in tables}


@contextmanager
def dump(login: Login) -> Iterator[tuple[dict[str, int], "Checked"]]:
    """Rows of each table and the dump of the same snapshot. An error where pg_dump fails, at the latest at the end."""
    psql = Psql(login)
    try:
        psql.ask("SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
        [snapshot] = psql.ask("SELECT pg_export_snapshot();")
        rows = rows_of(psql)
        # Extensions are the platform's, not the owner's, who could not even comment on them.
        options = [
            "--format=custom",
            f"--snapshot={snapshot}",
            "--exclude-extension=*",
            "--no-publications",
            "--no-subscriptions",
        ]
        program = subprocess.Popen(["pg_dump", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=login.environment)
        assert program.stdout is not None
        assert program.stderr is not None
        errors = LastLines(program.stderr)
        try:
            yield rows, Checked(program, errors, login.database)
        finally:
            program.kill()
            program.wait()
    finally:
        psql.close()


class Checked:
    """The output of a program, whose end is only an end where the program succeeded."""

    def __init__(self, program: subprocess.Popen[bytes], errors: LastLines, database: str) -> None:
        self._program = program
        self._errors = errors
        self._database = database

    def read(self, amount: int) -> bytes:
        assert self._program.stdout is not None
        piece = self._program.stdout.read(amount)
        if not piece and self._program.wait() != 0:
            raise BackupError(f"{self._database}: pg_dump says: {self._errors.text()}")
        return piece


@contextmanager
def restored(login: Login, pieces: Iterable[bytes]) -> Iterator[dict[str, int]]:
    """Replace all that is in the database by a dump, in one transaction; rows of each table then.

    The transaction is committed when the block ends, and rolled back where it raises: nobody ever sees a part.
    """
    psql = Psql(login)
    try:
        psql.ask(f"BEGIN; SET LOCAL lock_timeout = '{LOCK_SECONDS}s'; SET LOCAL client_min_messages = 'warning';")
        psql.ask(f"SELECT FROM pg_advisory_xact_lock(hashtext('{ACCESS}'));")
        psql.ask(CLEAN)
        psql.ask("\\o /dev/null")
        _pour(psql, pieces, login)
        psql.ask("\\o")
        yield rows_of(psql)
        psql.ask("COMMIT;")
    finally:
        psql.close()


def _pour(psql: Psql, pieces: Iterable[bytes], login: Login) -> None:
    """Play a dump in. Roles that may read are the platform's, and those of then may be gone: what the dump says of one that is
    not there is passed over. Where that is a policy its table shows less, never more."""
    rest = iter(pieces)
    begin, contents = contents_of(rest, login.database)
    own, of_others = parted(contents)
    _play(psql, chain([begin], rest), own, login)
    psql.ask("\\set ON_ERROR_STOP off\n\\set ON_ERROR_ROLLBACK on")
    _play(psql, [begin], of_others, login)
    psql.ask("\\set ON_ERROR_ROLLBACK off\n\\set ON_ERROR_STOP on")


def contents_of(pieces: Iterator[bytes], database: str) -> tuple[bytes, bytes]:
    """The begin of a dump, as long as `pg_restore` needs it for the table of contents, and that table."""
    begin, reason = b"", "it is empty"
    for piece in pieces:
        begin += piece
        listed = subprocess.run(["pg_restore", "--list"], input=begin, capture_output=True, check=False)
        if listed.returncode == 0:
            return begin, listed.stdout
        reason = listed.stderr.decode(errors="replace").strip()
        if len(begin) > CONTENTS_BYTES:
            break
    raise BackupError(f"{database}: pg_restore cannot read the dump: {reason}")


def parted(contents: bytes) -> tuple[bytes, bytes]:
    """What is the owner's alone, and what comes after it and is of others, too."""
    parts: tuple[list[bytes], list[bytes]] = ([], [])
    for line in contents.splitlines(keepends=True):
        parts[_OF_OTHERS.match(line) is not None].append(line)
    return b"".join(parts[0]), b"".join(parts[1])


def _play(psql: Psql, pieces: Iterable[bytes], entries: bytes, login: Login) -> None:
    """Let pg_restore turn entries of the dump into statements for psql."""
    options = ["--file=-", "--no-owner", "--no-publications", "--no-subscriptions"]
    with os.fdopen(os.memfd_create("entries"), "wb", buffering=0) as chosen:
        chosen.write(entries)
        program = subprocess.Popen(
            ["pg_restore", *options, f"--use-list=/proc/self/fd/{chosen.fileno()}"],
            stdin=subprocess.PIPE,
            stdout=psql.input,
            stderr=subprocess.PIPE,
            env=login.environment,
            pass_fds=[chosen.fileno()],
        )
    assert program.stdin is not None
    assert program.stderr is not None
    errors = LastLines(program.stderr)
    try:
        # It hears no more where it has all that it was to look for, and where it failed, as it then says.
        with suppress(BrokenPipeError), program.stdin:
            for piece in pieces:
                program.stdin.write(piece)
        failed = program.wait() != 0
    finally:
        program.kill()
        program.wait()
    if failed:
        # pg_restore cannot write where psql has met an error: that is then the reason.
        raise psql.failure() if psql.ended() else BackupError(f"{login.database}: pg_restore says: {errors.text()}")
