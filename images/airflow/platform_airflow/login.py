"""Flask-AppBuilder's security manager with the login of oidc.py."""

from pathlib import Path
from typing import Any

from airflow.providers.fab.auth_manager.models import Role
from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from flask import current_app

from platform_airflow.oidc import Settings, key_source, person

PROVIDER = "keycloak"


def provider(settings: Settings) -> dict[str, Any]:
    """One entry of OAUTH_PROVIDERS. Nothing is discovered: what pods reach and what browsers reach are different addresses."""
    return {
        "name": PROVIDER,
        "icon": "fa-key",
        "token_key": "access_token",
        "remote_app": {
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "issuer": settings.issuer,
            "authorize_url": settings.authorization_endpoint,
            "access_token_url": settings.token_endpoint,
            "jwks_uri": settings.jwks_uri,
            "userinfo_endpoint": settings.userinfo_endpoint,
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "client_kwargs": {
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": 10,
                **({} if settings.ca is None else {"verify": settings.ca}),
            },
        },
    }


class OidcSecurityManager(FabAirflowSecurityManagerOverride):
    """People come from the realm alone, with the roles that it gives them at each login."""

    def get_oauth_user_info(self, provider: str, resp: dict[str, Any]) -> dict[str, Any]:
        extensions = current_app.extensions
        if "platform_login" not in extensions:
            settings = Settings.read(Path(current_app.config["PLATFORM_LOGIN"]))
            extensions["platform_login"] = settings, key_source(settings)
        return person(resp, *extensions["platform_login"])

    def _oauth_calculate_user_roles(self, userinfo: dict[str, Any]) -> list[Role]:
        return list(self.get_roles_from_keys(userinfo["role_keys"]))
