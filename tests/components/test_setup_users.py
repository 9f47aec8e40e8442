"""What makes the users of the document store: its commands, and its patience."""

import json
from types import SimpleNamespace

import pytest
import setup_users
from pymongo.errors import AutoReconnect, OperationFailure
from setup_users import EXISTS, PATIENCE_SECONDS, main, make_users, wait_for


class FakeDatabase:
    """Knows users with their passwords; answers as FerretDB does."""

    def __init__(self, users=None):
        self.users = users or {}
        self.commands = []

    def command(self, name, value, **fields):
        self.commands.append((name, value))
        if name == "createUser":
            assert fields["roles"] == []
            if value in self.users:
                raise OperationFailure(f'User "{value}" already exists', EXISTS)
        if name in ("createUser", "updateUser"):
            self.users[value] = fields["pwd"]
        if name == "dropUser":
            del self.users[value]
        return {"users": [{"user": user} for user in self.users]}


def test_users_are_made_updated_and_dropped(capsys):
    flights = FakeDatabase({"loader": "old", "stranger": "x"})
    other = FakeDatabase({"stranger": "x"})
    client = {"flights": flights, "other": other}
    make_users(client, {"flights": {"loader": "flights-loader", "reader": "flights-reader"}}, "password of {}".format)
    assert flights.users == {"loader": "password of flights-loader", "reader": "password of flights-reader"}
    assert flights.commands == [
        *[("createUser", "loader"), ("updateUser", "loader"), ("createUser", "reader")],
        *[("usersInfo", 1), ("dropUser", "stranger")],
    ]
    assert other.commands == []
    assert capsys.readouterr().out.splitlines() == [
        "user loader of flights is as wished",
        "user reader of flights is as wished",
        "user stranger of flights is gone",
    ]


def test_another_failure_is_not_taken_for_a_user_that_is_there():
    def refuse(*_, **__):
        raise OperationFailure("not allowed", 13)

    with pytest.raises(OperationFailure, match="not allowed"):
        make_users({"flights": SimpleNamespace(command=refuse)}, {"flights": {"loader": "file"}}, str)


def away(times):
    """A client whose server does not answer so many times."""
    left = [AutoReconnect("no server")] * times

    def command(*_):
        if left:
            raise left.pop()

    return {"admin": SimpleNamespace(command=command)}


def test_waits_for_a_store_that_starts(clock, capsys):
    wait_for(away(times=2))
    assert clock.now == 2
    assert capsys.readouterr().out == "waiting for the document store: no server\n" * 2


def test_gives_up_a_store_that_stays_away(clock):
    with pytest.raises(SystemExit, match=r"^the document store does not answer: no server$"):
        wait_for(away(times=1000))
    assert clock.now == PATIENCE_SECONDS + 1


def test_logs_in_over_tls_as_the_one_who_makes_users(monkeypatch, tmp_path):
    wish = {"host": "mongodb.data.svc", "port": 27017, "admin": "admin", "databases": {"flights": {"loader": "flights-loader"}}}
    (tmp_path / "wish.json").write_text(json.dumps(wish))
    (tmp_path / "admin").write_text("key")
    (tmp_path / "flights-loader").write_text("word")
    databases = {"admin": FakeDatabase(), "flights": FakeDatabase()}
    logins = []

    def connect(*address, **login):
        logins.append((address, login))
        return databases

    monkeypatch.setattr(setup_users, "MongoClient", connect)
    main(str(tmp_path / "wish.json"), str(tmp_path))
    assert databases["flights"].users == {"loader": "word"}
    [(address, login)] = logins
    assert address == ("mongodb.data.svc", 27017)
    assert (login["username"], login["password"], login["authSource"]) == ("admin", "key", "admin")
    assert (login["tls"], login["tlsCAFile"]) == (True, f"{tmp_path}/ca.crt")
