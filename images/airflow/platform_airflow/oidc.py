"""Who a person is and which roles they have in Airflow, from the tokens of a login by OpenID Connect. Knows nothing of Airflow.

A token counts only with a signature by a key of the issuer (RS256 or ES256, nothing else), from the issuer, for this client,
given to this client, and in its time. Without a role there is no login.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt

ALGORITHMS = ("RS256", "ES256")
#: Path of the page that ends a login, beside that of the login.
LEAVE = "/leave"
ROLES = ("Admin", "Op", "User", "Viewer")
#: Seconds by which clocks may differ.
LEEWAY = 10
#: Seconds for which keys are kept; an unknown key is looked up at once.
KEYS_KEPT = 600


class Refused(Exception):
    """A login that does not count. The message is for the log, never for the person."""


@dataclass(frozen=True)
class Settings:
    """The keys of a login's Secret, each a file in one folder."""

    issuer: str
    authorization_endpoint: str
    end_session_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    client_id: str
    client_secret: str
    ca: str | None
    """Path of the certificate that signs the endpoints in the cluster; None: whom the system trusts."""

    @classmethod
    def read(cls, folder: Path) -> "Settings":
        names = [name for name in cls.__dataclass_fields__ if name != "ca"]
        ca = folder / "ca.crt"
        trusted = str(ca) if ca.exists() and ca.stat().st_size > 0 else None
        return cls(**{name: (folder / name.replace("_", "-")).read_text().strip() for name in names}, ca=trusted)


KeyOf = Callable[[str], jwt.PyJWK]


def key_source(settings: Settings) -> KeyOf:
    """Looks up the key that a token names, in the issuer's set, which is kept for a while."""
    trust = ssl.create_default_context(cafile=settings.ca)
    client = jwt.PyJWKClient(settings.jwks_uri, cache_jwk_set=True, lifespan=KEYS_KEPT, timeout=5, ssl_context=trust)
    return client.get_signing_key_from_jwt


def claims_of(token: str, settings: Settings, key_of: KeyOf) -> dict[str, Any]:
    """The claims of a token that counts. Raises Refused for every other."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        if algorithm not in ALGORITHMS:
            raise Refused(f"a token is signed by {algorithm}")
        claims = jwt.decode(
            token,
            key_of(token),
            algorithms=list(ALGORITHMS),
            issuer=settings.issuer,
            audience=settings.client_id,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise Refused(f"a token does not count: {error}") from error
    if claims.get("azp") != settings.client_id:
        raise Refused(f"a token was given to {claims.get('azp')!r}")
    return claims


def roles_in(claims: Mapping[str, Any], client_id: str) -> list[str]:
    """The client's roles in a token that are Airflow's."""
    given = claims.get("resource_access", {}).get(client_id, {}).get("roles", [])
    return [role for role in ROLES if role in given]


def logout_address(settings: Settings, id_token: str | None, back: str) -> str:
    """Where a browser ends its login at the issuer, which then leads `back`; without the login's token it asks whether to."""
    query = {"client_id": settings.client_id, "post_logout_redirect_uri": back}
    hint = {} if id_token is None else {"id_token_hint": id_token}
    return f"{settings.end_session_endpoint}?{urlencode(query | hint)}"


def person(tokens: Mapping[str, Any], settings: Settings, key_of: KeyOf) -> dict[str, Any]:
    """What Flask-AppBuilder wants to know of a person; `role_keys` are their roles."""
    identity = claims_of(tokens["id_token"], settings, key_of)
    access = claims_of(tokens["access_token"], settings, key_of)
    if identity["sub"] != access["sub"]:
        raise Refused("the two tokens are of different people")
    name = identity.get("preferred_username")
    if not name:
        raise Refused("a token names nobody")
    roles = roles_in(access, settings.client_id)
    if not roles:
        raise Refused(f"{name} has no role in Airflow")
    return {
        "username": name,
        "email": identity.get("email", ""),
        "first_name": identity.get("given_name", ""),
        "last_name": identity.get("family_name", ""),
        "role_keys": roles,
    }
