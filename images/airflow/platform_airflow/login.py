"""Flask-AppBuilder's security manager with the login of oidc.py."""

from pathlib import Path
from typing import Any

from airflow.api_fastapi.app import get_cookie_path
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.providers.fab.auth_manager.models import Role
from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from airflow.providers.fab.auth_manager.views.auth_oauth import CustomAuthOAuthView
from flask import current_app, redirect, session
from flask_appbuilder import expose
from flask_login import logout_user
from werkzeug import Response

from platform_airflow.oidc import LEAVE, Settings, key_source, logout_address, person

PROVIDER = "keycloak"
#: Key of a session: the ID token of its login, by which the realm knows what to end.
ID_TOKEN = "platform_id_token"


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


def known() -> tuple[Settings, Any]:
    """The settings and the source of keys, read once."""
    extensions = current_app.extensions
    if "platform_login" not in extensions:
        settings = Settings.read(Path(current_app.config["PLATFORM_LOGIN"]))
        extensions["platform_login"] = settings, key_source(settings)
    return extensions["platform_login"]


class OidcView(CustomAuthOAuthView):
    """The pages of a login, and the one that ends it."""

    @expose(LEAVE)
    def leave(self) -> Response:
        """Forgets here who it was, then has the realm forget it, which leads back to the page of the login."""
        token = session.get(ID_TOKEN)
        logout_user()
        session.clear()
        settings, _ = known()
        response = redirect(logout_address(settings, token, self.appbuilder.get_url_for_login))
        response.delete_cookie(COOKIE_NAME_JWT_TOKEN, path=get_cookie_path(), secure=True, httponly=True)
        return response


class OidcSecurityManager(FabAirflowSecurityManagerOverride):
    """People come from the realm alone, with the roles that it gives them at each login."""

    authoauthview = OidcView

    def get_oauth_user_info(self, provider: str, resp: dict[str, Any]) -> dict[str, Any]:
        settings, key_of = known()
        somebody = person(resp, settings, key_of)
        session[ID_TOKEN] = resp["id_token"]
        return somebody

    def _oauth_calculate_user_roles(self, userinfo: dict[str, Any]) -> list[Role]:
        return list(self.get_roles_from_keys(userinfo["role_keys"]))
