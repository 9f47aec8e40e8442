import copy

import pytest
from realm_plan import Change, Client, Current, Group, Person, WishError, parse_wish, plan, secret_names

WISH = {
    "realm": "platform",
    "settings": {"bruteForceProtected": True, "browserSecurityHeaders": {"xFrameOptions": "DENY"}},
    "clients": {
        "airflow": {
            "settings": {
                "publicClient": False,
                "redirectUris": ["https://a/1", "https://a/2"],
                "attributes": {"pkce.code.challenge.method": "S256"},
                "authenticationFlowBindingOverrides": {},
                "defaultClientScopes": ["basic"],
                "optionalClientScopes": [],
            },
            "secret": True,
            "roles": ["Admin", "Viewer"],
            "mappers": {"groups": {"protocolMapper": "oidc-group-membership-mapper", "config": {"claim.name": "groups"}}},
            "grants": {},
        },
        "deployer": {
            "settings": {"publicClient": False},
            "secret": True,
            "roles": [],
            "mappers": {},
            "grants": {"airflow": ["Admin"]},
        },
    },
    "ownClients": {"account": {"authenticationFlowBindingOverrides": {}}, "admin-cli": {"enabled": False}},
    "groups": {"admin": {"settings": {"description": "runs it"}, "roles": {"airflow": ["Admin"]}}},
    "people": {"ada": {"settings": {"enabled": True, "email": "ada@localhost"}, "groups": ["admin"]}},
}
SECRETS = {"clients/airflow": "s-airflow", "clients/deployer": "s-deployer", "people/ada": "first"}
DEFAULT = {"": frozenset(["default-roles-platform"])}


def reached() -> dict:
    """The parts of a realm that is as wished, with ids as Keycloak would give them."""
    role = {name: {"id": f"r-{name}", "name": name} for name in ("Admin", "Viewer")}
    own = {name: {"id": f"r-{name}", "name": name} for name in ("manage-account", "view-profile")}
    airflow = WISH["clients"]["airflow"]
    mapper = {"id": "m", "name": "groups", "protocol": "openid-connect", **airflow["mappers"]["groups"]}
    return {
        "settings": {"id": "realm", "realm": "platform", "more": 1, **copy.deepcopy(WISH["settings"])},
        "clients": {
            "airflow": Client(
                {
                    "id": "c-airflow",
                    "clientId": "airflow",
                    "secret": "s-airflow",
                    "protocolMappers": [mapper],
                    **copy.deepcopy(airflow["settings"]),
                    "attributes": {"pkce.code.challenge.method": "S256", "client.secret.creation.time": "1"},
                },
                role,
            ),
            "deployer": Client(
                {"id": "c-deployer", "clientId": "deployer", "secret": "s-deployer", "publicClient": False},
                {},
                {},
                "u-deployer",
                {"airflow": frozenset(["Admin"])},
            ),
            "account": Client({"id": "c-account"}, own),
            "admin-cli": Client({"id": "c-cli", "enabled": False}, {}),
        },
        "groups": {"admin": Group({"id": "g-admin", "description": "runs it"}, {"airflow": frozenset(["Admin"])})},
        "people": {
            "ada": Person({"id": "u-ada", "enabled": True, "email": "ada@localhost"}, frozenset(["admin"]), DEFAULT),
        },
        "realm_roles": {
            name: {"id": f"r-{name}", "name": name} for name in ("default-roles-platform", "offline_access", "uma_authorization")
        },
        "default_grants": {
            "": frozenset(["offline_access", "uma_authorization"]),
            "account": frozenset(["manage-account", "view-profile"]),
        },
        "scopes": {"basic": "s-basic", "phone": "s-phone"},
    }


def changes(**parts: object) -> list[Change]:
    return plan(WISH, Current(**{**reached(), **parts}), SECRETS)


def only(found: list[Change]) -> tuple[str, str]:
    assert len(found) == 1, found
    return found[0].method, found[0].path


def client(name: str, **settings: object) -> dict[str, Client]:
    clients = reached()["clients"]
    there = clients[name]
    return {
        **clients,
        name: Client({**there.settings, **settings}, there.roles, there.scope_mappings, there.service_user, there.grants),
    }


def test_a_realm_as_wished_needs_nothing():
    assert changes() == []


def test_a_wish_is_read_and_names_its_secrets():
    assert secret_names(parse_wish(WISH)) == ["clients/airflow", "clients/deployer", "people/ada"]


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["realm"], "", "realm: must be"),
        (["realms"], {}, "realms: not known"),
        (["clients"], [], "clients: must be an object"),
        (["clients", "airflow"], 1, "clients.airflow: must be an object"),
        (["clients", "airflow", "secret"], "yes", "clients.airflow.secret"),
        (["clients", "airflow", "role"], [], "clients.airflow.role: not known"),
        (["groups", "admin", "roles"], ["Admin"], "groups.admin.roles"),
        (["people", "ada", "groups"], None, "people.ada.groups"),
    ],
)
def test_a_wrong_wish_is_refused_with_its_place(path, value, where):
    wish = copy.deepcopy(WISH)
    place = wish
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(WishError, match=where.replace(".", r"\.")):
        parse_wish(wish)


def test_a_realm_that_is_not_there_is_made_first_and_alone():
    found = plan(WISH, Current(), SECRETS)
    assert only(found) == ("POST", "")
    assert found[0].body == {"realm": "platform", **WISH["settings"]}


def test_what_is_missing_in_an_empty_realm_is_made_before_roles_are_granted():
    found = plan(WISH, Current(settings=reached()["settings"]), SECRETS)
    made = [change.path for change in found if change.method == "POST"]
    assert made == ["/platform/clients", "/platform/clients", "/platform/groups", "/platform/users"]
    person = found[-1].body
    assert person["credentials"] == [{"type": "password", "value": "first", "temporary": True}]


def test_no_secret_is_told():
    found = plan(WISH, Current(settings=reached()["settings"]), SECRETS)
    found += changes(clients=client("airflow", secret="another"))
    for change in found:
        assert not any(secret in f"{change.what}{change!r}" for secret in (*SECRETS.values(), "another"))


def test_a_changed_setting_is_put_back_with_all_others_kept():
    found = changes(settings={**reached()["settings"], "bruteForceProtected": False})
    assert only(found) == ("PUT", "/platform")
    assert found[0].body["bruteForceProtected"] is True
    assert found[0].body["more"] == 1
    assert "bruteForceProtected is False, not True" in found[0].what


def test_the_order_of_a_list_is_no_difference():
    assert changes(clients=client("airflow", redirectUris=["https://a/2", "https://a/1"])) == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"redirectUris": ["https://a/1", "https://evil"]}, ("PUT", "/platform/clients/c-airflow")),
        ({"secret": "another"}, ("PUT", "/platform/clients/c-airflow")),
        ({"attributes": {"pkce.code.challenge.method": "plain"}}, ("PUT", "/platform/clients/c-airflow")),
        (
            {"attributes": {"pkce.code.challenge.method": "S256", "jwks.url": "https://evil"}},
            ("PUT", "/platform/clients/c-airflow"),
        ),
        ({"authenticationFlowBindingOverrides": {"browser": "f"}}, ("PUT", "/platform/clients/c-airflow")),
        ({"protocolMappers": []}, ("POST", "/platform/clients/c-airflow/protocol-mappers/models")),
        ({"defaultClientScopes": []}, ("PUT", "/platform/clients/c-airflow/default-client-scopes/s-basic")),
        ({"optionalClientScopes": ["phone"]}, ("DELETE", "/platform/clients/c-airflow/optional-client-scopes/s-phone")),
    ],
)
def test_a_changed_client_is_put_back(settings, expected):
    assert only(changes(clients=client("airflow", **settings))) == expected


def test_a_foreign_attribute_is_unset():
    attributes = {"pkce.code.challenge.method": "S256", "jwks.url": "https://evil"}
    found = changes(clients=client("airflow", attributes=attributes))
    assert found[0].body["attributes"] == {"pkce.code.challenge.method": "S256", "jwks.url": ""}


@pytest.mark.parametrize("name", ["airflow", "account"])
def test_a_client_with_a_flow_of_its_own_is_told_and_loses_it(name):
    found = changes(clients=client(name, authenticationFlowBindingOverrides={"browser": "f", "direct_grant": ""}))
    assert only(found) == ("PUT", f"/platform/clients/c-{name}")
    assert "authenticationFlowBindingOverrides.browser is 'f'" in found[0].what
    assert found[0].body["authenticationFlowBindingOverrides"] == {"browser": "", "direct_grant": ""}


def test_a_changed_mapper_is_put_back_and_a_foreign_one_taken_away():
    there = reached()["clients"]["airflow"].settings["protocolMappers"][0]
    changed = {**there, "config": {"claim.name": "teams"}}
    assert only(changes(clients=client("airflow", protocolMappers=[changed])))[0] == "PUT"
    foreign = {"id": "x", "name": "everything", "protocolMapper": "x", "config": {}}
    found = changes(clients=client("airflow", protocolMappers=[there, foreign]))
    assert only(found) == ("DELETE", "/platform/clients/c-airflow/protocol-mappers/models/x")


def test_a_foreign_client_is_taken_away_and_keycloaks_own_stay():
    clients = {**reached()["clients"], "evil": Client({"id": "c-evil"}, {})}
    assert only(changes(clients=clients)) == ("DELETE", "/platform/clients/c-evil")
    assert only(changes(clients=client("admin-cli", enabled=True))) == ("PUT", "/platform/clients/c-cli")


def test_roles_of_a_client_are_those_of_the_wish():
    there = reached()["clients"]["airflow"]
    roles = {"Admin": {"id": "r-Admin", "name": "Admin", "composite": True}, "Root": {"id": "x", "name": "Root"}}
    found = changes(clients={**reached()["clients"], "airflow": Client(there.settings, roles)})
    assert [(change.method, change.path.rsplit("/", 1)[-1]) for change in found] == [
        ("POST", "roles"),
        ("DELETE", "Admin"),
        ("DELETE", "Root"),
    ]


def test_a_role_by_hand_is_taken_back_from_groups_people_services_and_everybody():
    viewer = {"airflow": frozenset(["Viewer"])}
    more = {"airflow": frozenset(["Admin", "Viewer"])}
    ada = reached()["people"]["ada"]
    deployer = reached()["clients"]["deployer"]
    for parts, path in (
        ({"groups": {"admin": Group({"id": "g-admin", "description": "runs it"}, more)}}, "/groups/g-admin/role-mappings"),
        ({"people": {"ada": Person(ada.settings, ada.groups, {**DEFAULT, **viewer})}}, "/users/u-ada/role-mappings"),
        (
            {
                "clients": {
                    **reached()["clients"],
                    "deployer": Client(deployer.settings, {}, {}, "u-deployer", more),
                }
            },
            "/users/u-deployer/role-mappings",
        ),
        (
            {
                "clients": {
                    **reached()["clients"],
                    "deployer": Client(deployer.settings, {}, viewer, "u-deployer", deployer.grants),
                }
            },
            "/clients/c-deployer/scope-mappings",
        ),
    ):
        found = changes(**parts)
        assert only(found) == ("DELETE", f"/platform{path}/clients/c-airflow")
        assert [role["name"] for role in found[0].body] == ["Viewer"]
    everybody = {**reached()["default_grants"], **viewer}
    assert only(changes(default_grants=everybody)) == ("DELETE", "/platform/roles/default-roles-platform/composites")


def test_a_service_account_has_no_account_of_a_person():
    there = reached()["clients"]["deployer"]
    deployer = Client(there.settings, {}, {}, "u-deployer", {**there.grants, **DEFAULT})
    found = changes(clients={**reached()["clients"], "deployer": deployer})
    assert only(found) == ("DELETE", "/platform/users/u-deployer/role-mappings/realm")


def test_a_service_account_is_in_no_group():
    there = reached()["clients"]["deployer"]
    deployer = Client(there.settings, {}, {}, "u-deployer", there.grants, ({"id": "g-admin", "name": "admin"},))
    found = changes(clients={**reached()["clients"], "deployer": deployer})
    assert only(found) == ("DELETE", "/platform/users/u-deployer/groups/g-admin")


def test_a_role_that_is_not_there_yet_is_granted_later():
    there = reached()["clients"]["airflow"]
    found = changes(
        clients={**reached()["clients"], "airflow": Client(there.settings, {"Viewer": there.roles["Viewer"]})},
        groups={"admin": Group({"id": "g-admin", "description": "runs it"}, {})},
    )
    assert only(found) == ("POST", "/platform/clients/c-airflow/roles")


def test_foreign_groups_identity_providers_and_federations_are_taken_away():
    foreign = Group({"id": "g-x", "name": "x"}, {})
    assert only(changes(groups={**reached()["groups"], "x": foreign})) == ("DELETE", "/platform/groups/g-x")
    child = Group({"id": "g-admin", "description": "runs it"}, {"airflow": frozenset(["Admin"])}, ({"id": "k", "name": "k"},))
    assert only(changes(groups={"admin": child})) == ("DELETE", "/platform/groups/k")
    assert only(changes(default_groups=({"id": "g-admin", "name": "admin"},)))[0] == "DELETE"
    assert only(changes(identity_providers=("evil",))) == ("DELETE", "/platform/identity-provider/instances/evil")
    assert only(changes(user_storage=({"id": "ldap", "name": "ldap"},))) == ("DELETE", "/platform/components/ldap")
    roles = {**reached()["realm_roles"], "root": {"name": "root"}}
    assert only(changes(realm_roles=roles)) == ("DELETE", "/platform/roles/root")


def test_a_person_who_is_not_wished_for_is_disabled_logged_out_and_in_no_group():
    gone = Person({"id": "u-x", "enabled": True}, frozenset(["admin"]), DEFAULT)
    found = changes(people={**reached()["people"], "x": gone})
    assert [(change.method, change.path) for change in found] == [
        ("PUT", "/platform/users/u-x"),
        ("POST", "/platform/users/u-x/logout"),
        ("DELETE", "/platform/users/u-x/groups/g-admin"),
    ]
    left = Person({"id": "u-x", "enabled": False}, frozenset(), DEFAULT)
    assert changes(people={**reached()["people"], "x": left}) == []


def addresses(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.method, change.path, change.body["email"]) for change in found if "email" in (change.body or {})]


def test_a_person_who_is_renamed_keeps_the_address():
    wish = copy.deepcopy(WISH)
    wish["people"] = {"ada-l": wish["people"]["ada"]}
    found = plan(wish, Current(**reached()), {**SECRETS, "people/ada-l": "first"})
    assert addresses(found) == [("PUT", "/platform/users/u-ada", ""), ("POST", "/platform/users", "ada@localhost")]
    assert found[0].body["enabled"] is False


def test_one_who_was_disabled_by_hand_loses_the_address_too():
    left = Person({"id": "u-x", "enabled": False, "email": "x@localhost"}, frozenset(), DEFAULT)
    assert addresses(changes(people={**reached()["people"], "x": left})) == [("PUT", "/platform/users/u-x", "")]


def test_people_swap_addresses():
    wish = copy.deepcopy(WISH)
    wish["people"]["bo"] = {"settings": {"enabled": True, "email": "bo@localhost"}, "groups": []}
    ada = reached()["people"]["ada"]
    people = {
        "ada": Person({**ada.settings, "email": "bo@localhost"}, ada.groups, DEFAULT),
        "bo": Person({"id": "u-bo", "enabled": True, "email": "ada@localhost"}, frozenset(), DEFAULT),
    }
    found = plan(wish, Current(**{**reached(), "people": people}), {**SECRETS, "people/bo": "first"})
    assert addresses(found) == [
        ("PUT", "/platform/users/u-ada", ""),
        ("PUT", "/platform/users/u-bo", ""),
        ("PUT", "/platform/users/u-ada", "ada@localhost"),
        ("PUT", "/platform/users/u-bo", "bo@localhost"),
    ]


def test_a_person_keeps_the_own_password_and_gets_one_where_there_is_none():
    ada = reached()["people"]["ada"]
    found = changes(people={"ada": Person(ada.settings, ada.groups, DEFAULT, has_password=False)})
    assert only(found) == ("PUT", "/platform/users/u-ada/reset-password")


def test_a_disabled_person_is_logged_out():
    wish = copy.deepcopy(WISH)
    wish["people"]["ada"]["settings"]["enabled"] = False
    found = plan(wish, Current(**reached()), SECRETS)
    assert [change.path for change in found] == ["/platform/users/u-ada", "/platform/users/u-ada/logout"]


def test_a_person_changes_groups():
    ada = reached()["people"]["ada"]
    found = changes(people={"ada": Person(ada.settings, frozenset(), DEFAULT)})
    assert only(found) == ("PUT", "/platform/users/u-ada/groups/g-admin")
