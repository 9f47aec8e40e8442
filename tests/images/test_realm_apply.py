"""What the changes of a realm do when Keycloak answers them."""

from types import SimpleNamespace

import pytest
import realm_apply
from realm_client import Refused
from realm_plan import Change, Current, WishError

ROLE_AND_WHO_HAS_IT = [
    Change("client airflow: role Op: is not wished for", "DELETE", "/platform/clients/c/roles/Op"),
    Change("group ops: role Op of airflow: is not wished for", "DELETE", "/platform/groups/g/role-mappings/clients/c", []),
]


class Keycloak:
    """Takes a role from who has it when the role is deleted, as Keycloak does."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def call(self, method: str, path: str, body: object = None, also: tuple[int, ...] = ()) -> None:
        self.asked.append(path)
        if "role-mappings" in path and 404 not in also:
            raise Refused(f"{method} {path}: 404 Role not found {body}", 404)

    def log_in(self) -> None:
        pass


def converge(monkeypatch: pytest.MonkeyPatch, plans: list[list[Change]]) -> Keycloak:
    keycloak = Keycloak()
    monkeypatch.setattr(realm_apply, "read_current", lambda *_: Current())
    monkeypatch.setattr(realm_apply, "plan", lambda *_: plans.pop(0))
    realm_apply.converge(keycloak, {}, {}, lambda _: None)
    return keycloak


def test_groups_of_a_service_account_are_read() -> None:
    deployer = {"id": "c", "clientId": "deployer", "serviceAccountsEnabled": True}
    admin = {"id": "g", "name": "admin"}
    calls = {"/platform/clients/c/service-account-user": {"id": "u"}}
    pages = {"/platform/clients": [deployer], "/platform/users/u/groups": [admin]}
    account = SimpleNamespace(call=lambda _, path, **__: calls.get(path, {}), pages=lambda path: pages.get(path, []))
    current = realm_apply.read_current(account, {"realm": "platform", "clients": {"deployer": {}}})
    assert current.clients["deployer"].service_groups == (admin,)


def test_what_is_gone_already_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    keycloak = converge(monkeypatch, [ROLE_AND_WHO_HAS_IT, []])
    assert keycloak.asked == [change.path for change in ROLE_AND_WHO_HAS_IT]


def test_what_cannot_be_found_for_a_change_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    change = Change("group ops: role Op: is missing", "POST", "/platform/groups/g/role-mappings/realm", [])
    with pytest.raises(Refused):
        converge(monkeypatch, [[change], []])


def test_what_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WishError):
        converge(monkeypatch, [ROLE_AND_WHO_HAS_IT] * realm_apply.ROUNDS)
