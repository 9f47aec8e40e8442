import os
import sys
from types import SimpleNamespace

import pytest
from backup_plan import BackupError
from backup_postgres import contents_of, parted, restored

OWN = b"""; Archive created at 2026-11-21
7; 2615 16710 SCHEMA - etl warehouse
222; 1259 16711 TABLE etl ACL x warehouse
3462; 0 16721 TABLE DATA etl fact_flight warehouse
3449; 0 16711 ROW SECURITY etl fact_flight warehouse
"""
OF_OTHERS = b"""3473; 0 0 ACL - SCHEMA etl warehouse
3484; 0 0 ACL public COLUMN task_instance.state warehouse
2057; 826 16800 DEFAULT ACL own DEFAULT PRIVILEGES FOR TABLES warehouse
3451; 3256 16744 POLICY etl fact_flight bi_newark warehouse
3487; 0 0 COMMENT etl POLICY bi_newark ON fact_flight warehouse
"""

# Says its table of contents once it has all of it, and then the entries that it is to take, in place of their statements.
PG_RESTORE = """import sys
dump = sys.stdin.buffer.read()
if "--list" in sys.argv:
    sys.stdout.buffer.write(dump) if dump.endswith(b"\\n") else sys.exit("end of file")
else:
    assert "--no-owner" in sys.argv
    print(open(next(option for option in sys.argv if option.startswith("--use-list=")).partition("=")[2]).read(), end="")
"""
# Does nothing, and keeps what it was asked.
PSQL = """import os, sys
with open(os.environ["ASKED"], "w") as asked:
    for line in sys.stdin:
        if line.startswith("\\\\echo "):
            print(line.partition(" ")[2], end="", flush=True)
        else:
            print(line, end="", file=asked, flush=True)
"""


@pytest.fixture
def login(tmp_path, monkeypatch):
    """Of a server whose programs stand in for PostgreSQL's."""
    for name, text in (("pg_restore", PG_RESTORE), ("psql", PSQL)):
        (tmp_path / name).write_text(f"#!{sys.executable}\n{text}")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return SimpleNamespace(database="warehouse", environment={**os.environ, "ASKED": str(tmp_path / "asked")})


def test_what_names_other_roles_is_told_from_what_is_the_owners_alone():
    assert parted(OWN + OF_OTHERS) == (OWN, OF_OTHERS)
    assert parted(b"") == (b"", b"")


def test_contents_are_read_from_as_much_of_a_dump_as_they_take(login):
    rest = iter([OWN[:10], OWN[10:], b"rows"])
    assert contents_of(rest, login.database) == (OWN, OWN)
    assert list(rest) == [b"rows"]


def test_a_dump_without_contents_is_an_error(login):
    with pytest.raises(BackupError, match="warehouse: pg_restore cannot read the dump: end of file"):
        contents_of(iter([b"rubbish"]), login.database)
    with pytest.raises(BackupError, match="it is empty"):
        contents_of(iter([]), login.database)


def test_a_role_that_is_gone_keeps_nothing_else_from_being_restored(login, tmp_path):
    with restored(login, [OWN + OF_OTHERS]):
        pass
    asked = (tmp_path / "asked").read_text()
    own, others = OWN.decode(), OF_OTHERS.decode()
    lenient = "\\set ON_ERROR_STOP off\n\\set ON_ERROR_ROLLBACK on\n"
    strict = "\\set ON_ERROR_ROLLBACK off\n\\set ON_ERROR_STOP on\n"
    assert f"{own}{lenient}{others}{strict}" in asked
    assert asked.index("BEGIN;") < asked.index(own) < asked.index("COMMIT;")
