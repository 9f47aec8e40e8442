#!/usr/bin/python3
"""Makes a realm of Keycloak that of a JSON file (its form: realm_plan) and says what it changed.

    realm_apply.py [--check] [--renew=PERSON]... FILE

Reaches Keycloak by the environment: KEYCLOAK_URL (https://host:port), KEYCLOAK_CA (file), KEYCLOAK_SECRETS (folder with
clients/ID, people/NAME and bootstrap/secret). It logs in as the client REALM_SETUP of that realm. Where that is not there yet,
the bootstrap account of the realm master makes it, and is deleted then. Waits for Keycloak for KEYCLOAK_APPLY_TIMEOUT seconds
(default 300). Running it again changes nothing.

--check changes nothing, and says what is not as wished. --renew takes the account of a person away first, so that a new one is
made, with the first password.

Exits with 0 when all is as wished, 1 when it could not be done, 2 when the file is wrong, 3 when --check has found something.
"""

import http.client
import json
import os
import sys
import urllib.parse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from realm_client import Account, Refused, Server
from realm_plan import Change, Client, Current, Group, Json, Person, WishError, parse_wish, plan, secret_names

REALM_SETUP = "realm-setup"
"""Client by which this program logs in; the wish holds it like every other."""
BOOTSTRAP = "bootstrap"
"""Client that Keycloak makes in an empty database (KC_BOOTSTRAP_ADMIN_CLIENT_ID)."""
BOOTSTRAP_SECRET = "bootstrap/secret"

# A new realm is whole after four: itself, clients and groups and people, roles, granted roles.
ROUNDS = 8
DRIFT = 3


def read_current(account: Account, wish: Json) -> Current:
    """The realm as it is."""
    realm = f"/{wish['realm']}"
    settings = account.call("GET", realm, also=(403, 404))
    if settings is None:
        return Current()
    default = f"default-roles-{wish['realm'].lower()}"
    clients = {
        found["clientId"]: _client(account, realm, found, found["clientId"] in wish["clients"])
        for found in account.pages(f"{realm}/clients")
    }
    by_id = {client.settings["id"]: name for name, client in clients.items()}
    groups = {
        found["name"]: _group(account, realm, found) for found in account.pages(f"{realm}/groups?briefRepresentation=false")
    }
    composites = account.call("GET", f"{realm}/roles/{default}/composites", also=(404,)) or []
    return Current(
        settings=settings,
        clients=clients,
        groups=groups,
        people={
            found["username"]: _person(account, realm, found)
            for found in account.pages(f"{realm}/users?briefRepresentation=false")
        },
        realm_roles={role["name"]: role for role in account.pages(f"{realm}/roles")},
        default_grants=_by_container(composites, by_id),
        default_groups=tuple(account.call("GET", f"{realm}/default-groups")),
        scopes={scope["name"]: scope["id"] for scope in account.call("GET", f"{realm}/client-scopes")},
        identity_providers=tuple(each["alias"] for each in account.pages(f"{realm}/identity-provider/instances")),
        user_storage=tuple(account.call("GET", f"{realm}/components?type=org.keycloak.storage.UserStorageProvider")),
    )


def _client(account: Account, realm: str, settings: Json, ours: bool) -> Client:
    path = f"{realm}/clients/{settings['id']}"
    roles = {role["name"]: role for role in account.pages(f"{path}/roles")}
    if not ours:
        return Client(settings, roles)
    scope_mappings = _mappings(account.call("GET", f"{path}/scope-mappings"))
    if not settings.get("serviceAccountsEnabled"):
        return Client(settings, roles, scope_mappings)
    user = account.call("GET", f"{path}/service-account-user")["id"]
    grants = _mappings(account.call("GET", f"{realm}/users/{user}/role-mappings"))
    groups = tuple(account.pages(f"{realm}/users/{user}/groups"))
    return Client(settings, roles, scope_mappings, user, grants, groups)


def _group(account: Account, realm: str, settings: Json) -> Group:
    path = f"{realm}/groups/{settings['id']}"
    children = tuple(account.pages(f"{path}/children")) if settings.get("subGroupCount") else ()
    return Group(settings, _mappings(account.call("GET", f"{path}/role-mappings")), children)


def _person(account: Account, realm: str, settings: Json) -> Person:
    path = f"{realm}/users/{settings['id']}"
    groups = frozenset(group["name"] for group in account.pages(f"{path}/groups"))
    credentials = account.call("GET", f"{path}/credentials")
    roles = _mappings(account.call("GET", f"{path}/role-mappings"))
    return Person(settings, groups, roles, any(credential["type"] == "password" for credential in credentials))


def _mappings(answer: Json) -> dict[str, frozenset[str]]:
    clients = {name: entry["mappings"] for name, entry in answer.get("clientMappings", {}).items()}
    found = {"": answer.get("realmMappings", []), **clients}
    return {client: frozenset(role["name"] for role in roles) for client, roles in found.items() if roles}


def _by_container(roles: list[Json], clients: Mapping[str, str]) -> dict[str, frozenset[str]]:
    owners = {clients.get(role.get("containerId", ""), "") for role in roles}
    return {
        owner: frozenset(role["name"] for role in roles if clients.get(role.get("containerId", ""), "") == owner)
        for owner in owners
    }


def converge(account: Account, wish: Json, secrets: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Changes the realm until nothing is left to change. Throws WishError where that does not come to an end."""
    changes: list[Change] = []
    for _ in range(ROUNDS):
        changes = plan(wish, read_current(account, wish), secrets)
        if not changes:
            return
        for change in changes:
            # Who loses a role by a deletion before has lost what was to be taken away.
            account.call(change.method, change.path, change.body, also=(404,) if change.method == "DELETE" else ())
            say(change.what)
        account.log_in()
    raise WishError("\n".join(["Keycloak does not take these as they are wished for:", *(change.what for change in changes)]))


def log_in(server: Server, realm: str, client: str, secret: str) -> Account | None:
    """None where Keycloak does not know the account, or not by this secret."""
    try:
        return Account(server, realm, client, secret)
    except Refused as refusal:
        if refusal.status in (400, 401, 404):
            return None
        raise


def apply(server: Server, wish: Json, secrets: Mapping[str, str], say: Callable[[str], None], renewed: list[str]) -> None:
    """Makes the realm as wished. The bootstrap account is gone afterwards. Those `renewed` have new accounts."""
    own = secrets[f"clients/{REALM_SETUP}"]
    bootstrap = log_in(server, "master", BOOTSTRAP, secrets[BOOTSTRAP_SECRET])
    if bootstrap is not None:
        say("the bootstrap account hands over")
        converge(bootstrap, wish, secrets, say)
    account = log_in(server, wish["realm"], REALM_SETUP, own)
    if account is None:
        raise WishError(
            f"Keycloak refuses both {REALM_SETUP} in realm {wish['realm']} and the bootstrap account. "
            "The way back in is in docs/login.md: a new bootstrap account."
        )
    for person in renewed:
        users = f"/{wish['realm']}/users"
        for found in account.call("GET", f"{users}?exact=true&username={urllib.parse.quote(person)}"):
            account.call("DELETE", f"{users}/{found['id']}")
            say(f"person {person}: the account is taken away")
    converge(account, wish, secrets, say)
    if bootstrap is not None:
        remove_bootstrap(server, bootstrap, secrets[BOOTSTRAP_SECRET])
        say("the bootstrap account is deleted")


def remove_bootstrap(server: Server, bootstrap: Account, secret: str) -> None:
    """Takes the bootstrap account away by itself, and sees that it is gone."""
    found = bootstrap.call("GET", f"/master/clients?clientId={BOOTSTRAP}")
    for client in found:
        bootstrap.call("DELETE", f"/master/clients/{client['id']}")
    if log_in(server, "master", BOOTSTRAP, secret) is not None:
        raise WishError("the bootstrap account is still there")


def check(server: Server, wish: Json, secrets: Mapping[str, str]) -> list[str]:
    """What is not as wished."""
    account = log_in(server, wish["realm"], REALM_SETUP, secrets[f"clients/{REALM_SETUP}"])
    if account is None:
        return [f"client {REALM_SETUP}: cannot log in"]
    found = [change.what for change in plan(wish, read_current(account, wish), secrets)]
    if log_in(server, "master", BOOTSTRAP, secrets[BOOTSTRAP_SECRET]) is not None:
        found.append("the bootstrap account of the realm master is there")
    return found


def read_secrets(wish: Json, folder: Path) -> dict[str, str]:
    """All secrets of the wish and of this program. Throws WishError where a file is missing or empty."""
    secrets, problems = {}, []
    for name in [*secret_names(wish), BOOTSTRAP_SECRET]:
        try:
            secrets[name] = (folder / name).read_text(encoding="utf-8").rstrip("\n")
        except OSError as error:
            problems.append(f"{folder / name}: {error.strerror}")
        else:
            if not secrets[name]:
                problems.append(f"{folder / name} is empty")
    if problems:
        raise WishError("\n".join(problems))
    return secrets


def main(argv: list[str], environ: Mapping[str, str] = os.environ) -> int:
    checking = "--check" in argv
    renewed = [each.removeprefix("--renew=") for each in argv if each.startswith("--renew=")]
    files = [each for each in argv if not each.startswith("--")]
    if len(files) != 1:
        print("usage: realm_apply.py [--check] [--renew=PERSON]... FILE", file=sys.stderr)
        return 2

    def fail(message: str, code: int) -> int:
        for line in message.splitlines():
            print(f"realm_apply: {line}", file=sys.stderr)
        return code

    def say(line: str) -> None:
        print(line, flush=True)

    try:
        wish: dict[str, Any] = parse_wish(json.loads(Path(files[0]).read_text(encoding="utf-8")))
        secrets = read_secrets(wish, Path(environ["KEYCLOAK_SECRETS"]))
        server = Server(environ["KEYCLOAK_URL"], environ["KEYCLOAK_CA"])
    except KeyError as error:
        return fail(f"the variable {error} is not set", 2)
    except (OSError, ValueError, WishError) as error:
        return fail(f"{files[0]}: {error}", 2)
    strangers = [person for person in renewed if person not in wish["people"]]
    if strangers:
        return fail(f"there is no person {', '.join(strangers)}; there are: {', '.join(wish['people'])}", 2)
    try:
        server.wait(float(environ.get("KEYCLOAK_APPLY_TIMEOUT", "300")), say)
        if checking:
            found = check(server, wish, secrets)
            for line in found:
                say(f"drift: {line}")
            say(f"realm {wish['realm']}: " + (f"{len(found)} not as wished" if found else "as wished"))
            return DRIFT if found else 0
        apply(server, wish, secrets, say, renewed)
    except (OSError, http.client.HTTPException, WishError, Refused) as error:
        return fail(str(error), 1)
    say(f"realm {wish['realm']}: as wished")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
