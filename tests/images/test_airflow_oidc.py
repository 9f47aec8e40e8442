import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from platform_airflow.oidc import Refused, Settings, claims_of, logout_address, person, roles_in

ISSUER = "https://login.platform.localhost:8443/realms/platform"
SETTINGS = Settings(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}/auth",
    end_session_endpoint=f"{ISSUER}/logout",
    token_endpoint="https://keycloak.platform-login.svc/token",
    jwks_uri="https://keycloak.platform-login.svc/certs",
    userinfo_endpoint="https://keycloak.platform-login.svc/userinfo",
    client_id="airflow",
    client_secret="secret",
    ca=None,
)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
KEYS = {"rsa": ("RS256", RSA), "elliptic": ("ES256", ELLIPTIC)}


def key_of(token):
    """What the issuer's set of keys would answer."""
    name = jwt.get_unverified_header(token).get("kid", "rsa")
    if name not in KEYS:
        raise jwt.PyJWKClientError("no such key")
    algorithm, key = KEYS[name]
    public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return jwt.PyJWK(public | {"alg": algorithm})


def claims(**changes):
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": ["airflow", "account"],
        "azp": "airflow",
        "sub": "1234",
        "iat": now,
        "exp": now + 300,
        "preferred_username": "ada",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "email": "ada@localhost",
        "resource_access": {"airflow": {"roles": ["Admin"]}, "account": {"roles": ["manage-account"]}},
    } | changes


def signed(content, key=RSA, algorithm="RS256", kid="rsa"):
    return jwt.encode(content, key, algorithm=algorithm, headers={"kid": kid})


def tokens(**changes):
    return {"id_token": signed(claims()), "access_token": signed(claims(**changes))}


def test_a_person_with_a_role_is_known():
    assert person(tokens(), SETTINGS, key_of) == {
        "username": "ada",
        "email": "ada@localhost",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "role_keys": ["Admin"],
    }


def test_both_kinds_of_keys_count():
    for kid, (algorithm, key) in KEYS.items():
        assert claims_of(signed(claims(), key, algorithm, kid), SETTINGS, key_of)["sub"] == "1234"


def without(name):
    return {key: value for key, value in claims().items() if key != name}


HOUR_AGO = int(time.time()) - 3600
WRONG = {
    "another issuer": signed(claims(iss="https://login.example.com/realms/platform")),
    "another audience": signed(claims(aud=["grafana"])),
    "given to another client": signed(claims(azp="grafana")),
    "given to nobody": signed(without("azp")),
    "expired": signed(claims(exp=HOUR_AGO)),
    "not yet valid": signed(claims(nbf=int(time.time()) + 3600)),
    "without an end": signed(without("exp")),
    "without a subject": signed(without("sub")),
    "signed by another key": signed(claims(), OTHER),
    "of a key that the issuer does not have": signed(claims(), OTHER, kid="other"),
    "an RSA signature under the name of the other key": signed(claims(), RSA, "RS256", "elliptic"),
    "unsigned": jwt.encode(claims(), None, algorithm="none"),
    "signed by a shared secret": jwt.encode(claims(), "x" * 32, algorithm="HS256", headers={"kid": "rsa"}),
    "with a wider algorithm of the same key": signed(claims(), RSA, "RS512"),
    "changed after it was signed": signed(claims())[:-4] + "AAAA",
    "no token at all": "nonsense",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_token_does_not_count(what):
    with pytest.raises(Refused):
        claims_of(WRONG[what], SETTINGS, key_of)


def test_the_keys_of_the_issuer_are_no_shared_secret():
    """The classic forgery: the public key, which everybody knows, as the secret of an HS256 signature."""
    import base64
    import hashlib
    import hmac
    import json

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    part = lambda content: base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")  # noqa: E731
    body = part({"alg": "HS256", "typ": "JWT", "kid": "rsa"}) + b"." + part(claims())
    signature = base64.urlsafe_b64encode(hmac.digest(public, body, hashlib.sha256)).rstrip(b"=")
    with pytest.raises(Refused):
        claims_of((body + b"." + signature).decode(), SETTINGS, key_of)


@pytest.mark.parametrize(
    "access",
    [
        {},
        {"airflow": {"roles": []}},
        {"airflow": {"roles": ["admin", "Public"]}},
        {"grafana": {"roles": ["Admin"]}},
    ],
)
def test_without_a_role_there_is_no_login(access):
    with pytest.raises(Refused):
        person(tokens(resource_access=access), SETTINGS, key_of)


def test_roles_of_the_realm_are_not_airflows():
    assert roles_in({"realm_access": {"roles": ["Admin"]}}, "airflow") == []


def test_two_tokens_of_two_people_are_refused():
    with pytest.raises(Refused):
        person(tokens(sub="5678"), SETTINGS, key_of)


def test_a_logout_names_the_login_that_it_ends_where_it_is_known():
    back = "https://airflow.platform.localhost:8443/auth/login/"
    address = logout_address(SETTINGS, "token", back)
    assert address.startswith(f"{ISSUER}/logout?client_id=airflow&")
    assert address.endswith("&id_token_hint=token")
    assert "post_logout_redirect_uri=https%3A%2F%2Fairflow" in address
    assert "hint" not in logout_address(SETTINGS, None, back)


def test_settings_are_the_files_of_a_folder(tmp_path):
    for name in Settings.__dataclass_fields__:
        if name != "ca":
            (tmp_path / name.replace("_", "-")).write_text(f"{name}\n")
    assert Settings.read(tmp_path).issuer == "issuer"
    assert Settings.read(tmp_path).ca is None
    (tmp_path / "ca.crt").write_text("certificate")
    assert Settings.read(tmp_path).ca == str(tmp_path / "ca.crt")
