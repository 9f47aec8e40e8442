"""Makes the users of a document store those of a JSON file, with the passwords that they should have.

    python3 -c PROGRAM WISH PASSWORDS

WISH is the file: `host`, `port`, `admin` (who makes users), and `databases` by name, each a mapping of its users to the names of
their passwords. Users of these databases that are not in it are taken away; other databases are left alone. PASSWORDS is a folder
with those passwords, the one of `admin` under its own name, and `ca.crt`.

Needs pymongo. FerretDB knows no roles, so it is told none. Exits with 1 where the store does not answer for PATIENCE_SECONDS, or
refuses a command.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import AutoReconnect, OperationFailure

EXISTS = 51003
"""FerretDB's code of an error: the user is there (1.24.2, internal/handler/handlererrors/error.go: ErrUserAlreadyExists)."""
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 1
SELECTION_MILLISECONDS = 5000
"""How long pymongo looks for the server before it says that there is none."""


def make_users(client: MongoClient, databases: Mapping[str, Mapping[str, str]], secret: Callable[[str], str]) -> None:
    for name, users in databases.items():
        database = client[name]
        for user, file in users.items():
            make_user(database, user, secret(file))
            print(f"user {user} of {name} is as wished", flush=True)
        for user in strangers(database.command("usersInfo", 1), users):
            database.command("dropUser", user)
            print(f"user {user} of {name} is gone", flush=True)


def make_user(database: Database, user: str, password: str) -> None:
    try:
        database.command("createUser", user, pwd=password, roles=[])
    except OperationFailure as error:
        if error.code != EXISTS:
            raise
        database.command("updateUser", user, pwd=password)


def strangers(answer: Mapping[str, Any], users: Mapping[str, str]) -> list[str]:
    """Who is in an answer to `usersInfo` and not among the users."""
    return [found["user"] for found in answer["users"] if found["user"] not in users]


def wait_for(client: MongoClient) -> None:
    """Waits until the store answers. Ends the program where that takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            client["admin"].command("usersInfo", 1)
            return
        except AutoReconnect as error:
            if time.monotonic() > end:
                sys.exit(f"the document store does not answer: {error}")
            print(f"waiting for the document store: {error}", flush=True)
            time.sleep(PAUSE_SECONDS)


def main(wish_file: str, passwords: str) -> None:
    wish = json.loads(Path(wish_file).read_text())

    def secret(name: str) -> str:
        return (Path(passwords) / name).read_text()

    client = MongoClient(
        wish["host"],
        wish["port"],
        username=wish["admin"],
        password=secret(wish["admin"]),
        authSource="admin",
        tls=True,
        tlsCAFile=f"{passwords}/ca.crt",
        serverSelectionTimeoutMS=SELECTION_MILLISECONDS,
    )
    wait_for(client)
    make_users(client, wish["databases"], secret)


if __name__ == "__main__":
    main(*sys.argv[1:])
