"""Airflow's auth manager, whose logout ends the one login too."""

from urllib.parse import urljoin

from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager

from platform_airflow.oidc import LEAVE


class OidcAuthManager(FabAuthManager):
    """Who logs out of Airflow has logged out of the realm: whoever comes next to the same browser is asked for a password."""

    def get_url_logout(self) -> str:
        return urljoin(self.get_url_login(), f"..{LEAVE}")
