"""How people log in: by OpenID Connect where PLATFORM_LOGIN names a folder with its settings, else users of the database, of whom
there are none."""

import os
from pathlib import Path

from flask_appbuilder.const import AUTH_DB, AUTH_OAUTH

PLATFORM_LOGIN = os.environ.get("PLATFORM_LOGIN")
WTF_CSRF_ENABLED = True

if PLATFORM_LOGIN is None:
    AUTH_TYPE = AUTH_DB
else:
    from platform_airflow.login import OidcSecurityManager, provider
    from platform_airflow.oidc import ROLES, Settings

    AUTH_TYPE = AUTH_OAUTH
    SECURITY_MANAGER_CLASS = OidcSecurityManager
    OAUTH_PROVIDERS = [provider(Settings.read(Path(PLATFORM_LOGIN)))]
    AUTH_USER_REGISTRATION = True
    AUTH_ROLES_SYNC_AT_LOGIN = True
    AUTH_ROLES_MAPPING = {role: [role] for role in ROLES}
