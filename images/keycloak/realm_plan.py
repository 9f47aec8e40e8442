"""What has to change in a realm of Keycloak so that it is as wished. Pure: reads no file and asks no server.

The wish is a JSON object (components/keycloak-realm/realm.ts writes it; settings are in the words of Keycloak's admin API):

    {
      "realm": "platform",
      "settings": {"bruteForceProtected": true},
      "clients": {"airflow": {"settings": {"publicClient": false}, "secret": true, "roles": ["Admin"],
                              "mappers": {"groups": {"protocolMapper": "...", "config": {}}},
                              "grants": {"kafka": ["client"]}}},
      "ownClients": {"admin-cli": {"enabled": false}},
      "groups": {"admin": {"settings": {"description": "..."}, "roles": {"airflow": ["Admin"]}}},
      "people": {"ada": {"settings": {"enabled": true}, "groups": ["admin"]}}
    }

Settings that the wish does not name are left alone. Everything else is the whole truth: clients, roles, mappers, scopes, groups,
granted roles, identity providers and user federations that it does not name are taken away, but for Keycloak's own. People that
it does not name are not deleted, since events refer to them: they are disabled, logged out, and lose their groups, roles and
e-mail address. A person's password is set once, when the person is made, and belongs to the person from then on. Not looked at:
the insides of Keycloak's own client scopes and authentication flows, required actions, and providers of keys.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
Roles = Mapping[str, frozenset[str]]
"""Names of roles by the client that has them; those of the realm itself are under ""."""

OWN_CLIENTS = frozenset(["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"])
# Attributes of a client that Keycloak writes itself.
OWN_ATTRIBUTES = frozenset(["client.secret.creation.time", "realm_client"])
# Settings of a client whose entries Keycloak keeps where they are only left out, and takes away where they are empty.
MERGED = ("attributes", "authenticationFlowBindingOverrides")
OWN_REALM_ROLES = frozenset(["offline_access", "uma_authorization"])
KINDS = {
    "realm": (str, "a text"),
    "settings": (dict, "an object"),
    "clients": (dict, "an object"),
    "ownClients": (dict, "an object"),
    "groups": (dict, "an object"),
    "people": (dict, "an object"),
}
PARTS = {
    "clients": {"settings": dict, "secret": bool, "roles": list, "mappers": dict, "grants": dict},
    "groups": {"settings": dict, "roles": dict},
    "people": {"settings": dict, "groups": list},
}


class WishError(Exception):
    """The wish is not well formed or cannot be fulfilled; the message holds one line for each problem."""


@dataclass(frozen=True)
class Change:
    """One request that brings the realm nearer to the wish. `what` is for people and holds no secret; the body may."""

    what: str
    method: str
    path: str
    """Below /admin/realms."""
    body: object = field(default=None, repr=False)


@dataclass(frozen=True)
class Client:
    """A client as it is. The settings are the whole representation, with its secret and its mappers."""

    settings: Json
    roles: Mapping[str, Json]
    scope_mappings: Roles = field(default_factory=dict)
    service_user: str | None = None
    grants: Roles = field(default_factory=dict)
    service_groups: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Group:
    settings: Json
    roles: Roles
    children: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Person:
    settings: Json
    groups: frozenset[str]
    roles: Roles
    has_password: bool = True


@dataclass(frozen=True)
class Current:
    """The realm as it is; without settings there is none yet."""

    settings: Json | None = None
    clients: Mapping[str, Client] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    realm_roles: Mapping[str, Json] = field(default_factory=dict)
    default_grants: Roles = field(default_factory=dict)
    """What everybody has: the parts of the realm's default role."""
    default_groups: tuple[Json, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)
    """Ids of the client scopes by name."""
    identity_providers: tuple[str, ...] = ()
    user_storage: tuple[Json, ...] = ()


def parse_wish(data: object) -> Json:
    """The wish of a JSON object. Throws WishError with all its problems."""
    if not isinstance(data, dict):
        raise WishError("the wish must be an object")
    problems = [f"{key}: not known" for key in data if key not in KINDS]
    for key, (kind, words) in KINDS.items():
        if not isinstance(data.get(key), kind) or (kind is str and not data[key]):
            problems.append(f"{key}: must be {words}")
    for key, parts in PARTS.items():
        for name, entry in (data.get(key) or {}).items() if isinstance(data.get(key), dict) else ():
            if not isinstance(entry, dict):
                problems.append(f"{key}.{name}: must be an object")
                continue
            problems += [f"{key}.{name}.{part}: not known" for part in entry if part not in parts]
            for part, kind in parts.items():
                if not isinstance(entry.get(part), kind):
                    problems.append(f"{key}.{name}.{part}: is missing or not of the right kind")
    if problems:
        raise WishError("\n".join(problems))
    return data


def secret_names(wish: Json) -> list[str]:
    """Names of the secrets that go with a wish: one of each client that has one, one first password of each person."""
    clients = [f"clients/{name}" for name, client in wish["clients"].items() if client["secret"]]
    return sorted([*clients, *(f"people/{name}" for name in wish["people"])])


def plan(wish: Json, current: Current, secrets: Mapping[str, str]) -> list[Change]:
    """
    The next changes, in a stable order; none when the realm is as wished. What needs the id of something that is not there yet
    comes with a later plan, made from the realm as it is then.
    """
    realm = wish["realm"]
    if current.settings is None:
        body = {"realm": realm, **wish["settings"]}
        return [Change(f"realm {realm}: is missing", "POST", "", body)]
    return [
        *_settings(f"realm {realm}", f"/{realm}", wish["settings"], current.settings),
        *_clients(wish, current, secrets),
        *_realm_roles(wish, current),
        *_groups(wish, current),
        *_people(wish, current, secrets),
        *_foreign(wish, current),
    ]


def differences(wanted: Json, present: Json, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Settings that are not as wanted: name, what they are, what they should be. Lists are compared without their order."""
    for key, value in sorted(wanted.items()):
        found = present.get(key)
        if isinstance(value, dict):
            yield from differences(value, found if isinstance(found, dict) else {}, f"{prefix}{key}.")
        elif _comparable(value) != _comparable(found):
            yield f"{prefix}{key}", found, value


def _comparable(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value


def _settings(what: str, path: str, wanted: Json, present: Json, hidden: Iterable[str] = ()) -> Iterator[Change]:
    """One change that sets all settings that differ. Of hidden ones the values are not told."""
    whole = {**wanted, **{key: _merged(wanted[key], present.get(key) or {}) for key in MERGED if key in wanted}}
    found = list(differences(whole, present))
    if found:
        told = [f"{key} differs" if key in hidden else f"{key} is {have!r}, not {want!r}" for key, have, want in found]
        yield Change(f"{what}: {'; '.join(told)}", "PUT", path, {**present, **whole})


def _merged(wanted: Json, present: Json) -> Json:
    """The entries that are wished for and those that Keycloak writes itself; every other one is empty."""
    rest = {key: value if key in OWN_ATTRIBUTES or not value else "" for key, value in present.items()}
    return {**rest, **wanted}


def _clients(wish: Json, current: Current, secrets: Mapping[str, str]) -> Iterator[Change]:
    base = f"/{wish['realm']}/clients"
    for name, wanted in sorted(wish["clients"].items()):
        settings = {**wanted["settings"], **({"secret": secrets[f"clients/{name}"]} if wanted["secret"] else {})}
        present = current.clients.get(name)
        if present is None:
            mappers = [_mapper(mapper, wanted["mappers"][mapper]) for mapper in sorted(wanted["mappers"])]
            body = {**settings, "clientId": name, "protocolMappers": mappers}
            yield Change(f"client {name}: is missing", "POST", base, body)
            continue
        path = f"{base}/{present.settings['id']}"
        rest = {key: value for key, value in settings.items() if key not in ("defaultClientScopes", "optionalClientScopes")}
        yield from _settings(f"client {name}", path, rest, present.settings, ("secret",))
        yield from _scopes(name, path, settings, present.settings, current.scopes)
        yield from _mappers(name, path, wanted["mappers"], present.settings.get("protocolMappers", []))
        yield from _roles_of_client(name, path, wanted["roles"], present.roles)
        yield from _granted(f"client {name}: scope", f"{path}/scope-mappings", {}, present.scope_mappings, current)
        if present.service_user is not None:
            what, user = f"service account {name}", f"/{wish['realm']}/users/{present.service_user}"
            # Without the role that everybody has: it opens a person's own account.
            yield from _granted(what, f"{user}/role-mappings", _as_roles(wanted["grants"]), present.grants, current)
            for group in present.service_groups:
                yield Change(f"{what}: group {group['name']}: is not wished for", "DELETE", f"{user}/groups/{group['id']}")
    for name, settings in sorted(wish["ownClients"].items()):
        if name in current.clients:
            present = current.clients[name].settings
            yield from _settings(f"client {name}", f"{base}/{present['id']}", settings, present)
    for name in sorted(set(current.clients) - set(wish["clients"]) - OWN_CLIENTS):
        yield Change(f"client {name}: is not wished for", "DELETE", f"{base}/{current.clients[name].settings['id']}")


def _mapper(name: str, wanted: Json) -> Json:
    return {"name": name, "protocol": "openid-connect", **wanted}


def _mappers(client: str, path: str, wanted: Json, present: Iterable[Json]) -> Iterator[Change]:
    path = f"{path}/protocol-mappers/models"
    there = {mapper["name"]: mapper for mapper in present}
    for name, mapper in sorted(wanted.items()):
        what = f"client {client}: mapper {name}"
        if name not in there:
            yield Change(f"{what}: is missing", "POST", path, _mapper(name, mapper))
        else:
            yield from _settings(what, f"{path}/{there[name]['id']}", _mapper(name, mapper), there[name])
    for name in sorted(set(there) - set(wanted)):
        yield Change(f"client {client}: mapper {name}: is not wished for", "DELETE", f"{path}/{there[name]['id']}")


def _scopes(client: str, path: str, wanted: Json, present: Json, ids: Mapping[str, str]) -> Iterator[Change]:
    for kind in ("default", "optional"):
        key = f"{kind}ClientScopes"
        have, want = set(present.get(key, [])), set(wanted.get(key, []))
        for name in sorted(have - want):
            yield Change(
                f"client {client}: {kind} scope {name}: is not wished for", "DELETE", f"{path}/{_kebab(kind)}/{ids[name]}"
            )
        for name in sorted(want - have):
            yield Change(f"client {client}: {kind} scope {name}: is missing", "PUT", f"{path}/{_kebab(kind)}/{ids[name]}", {})


def _kebab(kind: str) -> str:
    return f"{kind}-client-scopes"


def _roles_of_client(client: str, path: str, wanted: Iterable[str], present: Mapping[str, Json]) -> Iterator[Change]:
    for role in sorted(set(wanted) - set(present)):
        yield Change(f"client {client}: role {role}: is missing", "POST", f"{path}/roles", {"name": role})
    for role, settings in sorted(present.items()):
        if role not in wanted:
            yield Change(f"client {client}: role {role}: is not wished for", "DELETE", f"{path}/roles/{role}")
        elif settings.get("composite"):
            # The next plan makes it anew, without what it was made to hold.
            yield Change(f"client {client}: role {role}: holds other roles", "DELETE", f"{path}/roles/{role}")


def _realm_roles(wish: Json, current: Current) -> Iterator[Change]:
    default = _default_role(wish)
    base = f"/{wish['realm']}/roles"
    for role in sorted(set(current.realm_roles) - OWN_REALM_ROLES - {default}):
        yield Change(f"role {role}: is not wished for", "DELETE", f"{base}/{role}")
    wanted = {"": OWN_REALM_ROLES, "account": frozenset(["manage-account", "view-profile"])}
    for client, role, change in _role_changes(wanted, current.default_grants, current):
        what = "is missing" if change == "POST" else "is not wished for"
        body = [_role(current, client, role)]
        yield Change(f"everybody: role {_shown(client, role)}: {what}", change, f"{base}/{default}/composites", body)


def _groups(wish: Json, current: Current) -> Iterator[Change]:
    base = f"/{wish['realm']}/groups"
    for name, wanted in sorted(wish["groups"].items()):
        present = current.groups.get(name)
        if present is None:
            yield Change(f"group {name}: is missing", "POST", base, {"name": name, **wanted["settings"]})
            continue
        path = f"{base}/{present.settings['id']}"
        yield from _settings(f"group {name}", path, wanted["settings"], present.settings)
        yield from _granted(f"group {name}", f"{path}/role-mappings", _as_roles(wanted["roles"]), present.roles, current)
        for child in present.children:
            yield Change(f"group {name}/{child['name']}: is not wished for", "DELETE", f"{base}/{child['id']}")
    for name in sorted(set(current.groups) - set(wish["groups"])):
        yield Change(f"group {name}: is not wished for", "DELETE", f"{base}/{current.groups[name].settings['id']}")
    for group in current.default_groups:
        path = f"/{wish['realm']}/default-groups/{group['id']}"
        yield Change(f"group {group['name']}: is everybody's, which is not wished for", "DELETE", path)


def _people(wish: Json, current: Current, secrets: Mapping[str, str]) -> Iterator[Change]:
    yield from _left_people(wish, current)
    yield from _freed_addresses(wish, current)
    base = f"/{wish['realm']}/users"
    for name, wanted in sorted(wish["people"].items()):
        first = {"type": "password", "value": secrets[f"people/{name}"], "temporary": True}
        present = current.people.get(name)
        if present is None:
            # Groups come with the next plan, when they are there.
            yield Change(
                f"person {name}: is missing", "POST", base, {"username": name, **wanted["settings"], "credentials": [first]}
            )
            continue
        path = f"{base}/{present.settings['id']}"
        yield from _settings(f"person {name}", path, wanted["settings"], present.settings)
        if present.settings.get("enabled") and not wanted["settings"]["enabled"]:
            yield Change(f"person {name}: is logged out", "POST", f"{path}/logout")
        if not present.has_password:
            yield Change(f"person {name}: has no password", "PUT", f"{path}/reset-password", first)
        yield from _memberships(name, path, frozenset(wanted["groups"]), present, current)
        wanted_roles = {"": frozenset([_default_role(wish)])}
        yield from _granted(f"person {name}", f"{path}/role-mappings", wanted_roles, present.roles, current)


def _left_people(wish: Json, current: Current) -> Iterator[Change]:
    """Those who are not wished for: disabled, and without an address, which somebody may be wished for with."""
    for name, present in sorted(current.people.items()):
        if name in wish["people"]:
            continue
        path = f"/{wish['realm']}/users/{present.settings['id']}"
        if present.settings.get("enabled") or present.settings.get("email"):
            body = {**present.settings, "enabled": False, "email": ""}
            yield Change(f"person {name}: is not wished for, so disabled and without an address", "PUT", path, body)
        if present.settings.get("enabled"):
            yield Change(f"person {name}: is logged out", "POST", f"{path}/logout")
        yield from _memberships(name, path, frozenset(), present, current)
        wanted_roles = {"": frozenset([_default_role(wish)])}
        yield from _granted(f"person {name}", f"{path}/role-mappings", wanted_roles, present.roles, current)


def _freed_addresses(wish: Json, current: Current) -> Iterator[Change]:
    """Keycloak takes each address once, so who has somebody else's gives it up before anybody is given one."""
    wanted = {name: _address(person["settings"]) for name, person in wish["people"].items()}
    for name, present in sorted(current.people.items()):
        have = _address(present.settings)
        owners = [other for other, address in sorted(wanted.items()) if address == have and other != name]
        if have and name in wanted and owners:
            path = f"/{wish['realm']}/users/{present.settings['id']}"
            what = f"person {name}: has the address of {', '.join(owners)}"
            yield Change(what, "PUT", path, {**present.settings, "email": ""})


def _address(settings: Json) -> str:
    """As Keycloak compares it."""
    return (settings.get("email") or "").lower()


def _memberships(name: str, path: str, wanted: frozenset[str], present: Person, current: Current) -> Iterator[Change]:
    for group in sorted(wanted - present.groups):
        if group in current.groups:
            yield Change(
                f"person {name}: group {group}: is missing", "PUT", f"{path}/groups/{current.groups[group].settings['id']}", {}
            )
    for group in sorted(present.groups - wanted):
        if group in current.groups:
            path_of_group = f"{path}/groups/{current.groups[group].settings['id']}"
            yield Change(f"person {name}: group {group}: is not wished for", "DELETE", path_of_group)


def _foreign(wish: Json, current: Current) -> Iterator[Change]:
    """Whoever could add one of these could let in whom they like."""
    for alias in sorted(current.identity_providers):
        path = f"/{wish['realm']}/identity-provider/instances/{alias}"
        yield Change(f"identity provider {alias}: is not wished for", "DELETE", path)
    for component in current.user_storage:
        path = f"/{wish['realm']}/components/{component['id']}"
        yield Change(f"user federation {component['name']}: is not wished for", "DELETE", path)


def _granted(what: str, path: str, wanted: Roles, present: Roles, current: Current) -> Iterator[Change]:
    for client, role, method in _role_changes(wanted, present, current):
        where = "realm" if client == "" else f"clients/{current.clients[client].settings['id']}"
        said = "is missing" if method == "POST" else "is not wished for"
        yield Change(f"{what}: role {_shown(client, role)}: {said}", method, f"{path}/{where}", [_role(current, client, role)])


def _role_changes(wanted: Roles, present: Roles, current: Current) -> Iterator[tuple[str, str, str]]:
    """Roles to grant and to take back. A role that is not there yet is granted by a later plan."""
    for client in sorted({*wanted, *present}):
        want, have = wanted.get(client, frozenset()), present.get(client, frozenset())
        for role in sorted(want - have):
            if _role(current, client, role) is not None:
                yield client, role, "POST"
        for role in sorted(have - want):
            yield client, role, "DELETE"


def _role(current: Current, client: str, role: str) -> Json | None:
    if client == "":
        return current.realm_roles.get(role)
    return current.clients[client].roles.get(role) if client in current.clients else None


def _shown(client: str, role: str) -> str:
    return role if client == "" else f"{role} of {client}"


def _as_roles(roles: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {client: frozenset(names) for client, names in roles.items()}


def _default_role(wish: Json) -> str:
    return f"default-roles-{wish['realm'].lower()}"
