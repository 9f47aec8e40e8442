"""Keycloak's admin API over HTTPS, as a service account. The standard library alone."""

import http.client
import json
import ssl
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

# A realm of its own is made in half a minute where everything else starts beside it.
REQUEST_SECONDS = 180
PAGE = 200


class Refused(Exception):
    """Keycloak has refused a request; the message says which and why, and holds no secret."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Server:
    """One Keycloak at `https://host:port`."""

    def __init__(self, url: str, ca_file: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https" or parts.hostname is None:
            raise ValueError(f"{url} is no https address")
        self._host, self._port = parts.hostname, parts.port or 443
        self._trust = ssl.create_default_context(cafile=ca_file)
        self._connection: http.client.HTTPSConnection | None = None

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and content of the answer. An idle connection that the server has closed is opened again, once."""
        for attempt in (1, 2):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(
                    self._host, self._port, context=self._trust, timeout=REQUEST_SECONDS
                )
            try:
                self._connection.request(method, path, body, headers)
                response = self._connection.getresponse()
                return response.status, response.read()
            except (http.client.HTTPException, OSError) as error:
                self._connection.close()
                self._connection = None
                # What takes too long may still be done, and must not be asked for twice.
                if fresh or attempt == 2 or isinstance(error, TimeoutError):
                    raise
        raise AssertionError("unreachable")

    def wait(self, seconds: float, say: Callable[[str], None]) -> None:
        """Until Keycloak answers at all. Throws TimeoutError."""
        deadline = time.monotonic() + seconds
        told = None
        while True:
            try:
                status, _ = self.send("GET", "/realms/master", None, {})
                reason = f"it answers {status}"
                if status == 200:
                    return
            except (OSError, http.client.HTTPException) as error:
                reason = str(error) or type(error).__name__
            if time.monotonic() > deadline:
                raise TimeoutError(f"Keycloak at {self._host}:{self._port} did not answer within {seconds:.0f} s: {reason}")
            if reason != told:
                told = reason
                say(f"waiting for Keycloak: {reason}")
            time.sleep(2)


class Account:
    """A service account that has logged in."""

    def __init__(self, server: Server, realm: str, client: str, secret: str) -> None:
        self._server, self._realm, self._client, self._secret = server, realm, client, secret
        self.name = f"{client} in realm {realm}"
        self._token = ""
        self.log_in()

    def log_in(self) -> None:
        """A new token, which knows of roles that came since the last. Throws Refused where the account is not known."""
        form = {"grant_type": "client_credentials", "client_id": self._client, "client_secret": self._secret}
        path = f"/realms/{self._realm}/protocol/openid-connect/token"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, content = self._server.send("POST", path, urllib.parse.urlencode(form).encode(), headers)
        if status != 200:
            raise Refused(f"login as {self.name}: {status} {_reason(content)}", status)
        self._token = json.loads(content)["access_token"]

    def call(self, method: str, path: str, body: object = None, also: tuple[int, ...] = ()) -> Any:  # noqa: ANN401
        """What Keycloak answers below /admin/realms; None where it is nothing, or a status of `also`. Throws Refused."""
        data = None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            status, content = self._server.send(method, f"/admin/realms{path}", data, headers)
            if status != 401 or attempt == 2:
                break
            self.log_in()  # a token of the realm master lives for one minute
        if status in also:
            return None
        if status >= 300:
            raise Refused(f"{method} {path}: {status} {_reason(content)}", status)
        return json.loads(content) if content and method == "GET" else None

    def pages(self, path: str) -> Iterator[Any]:
        """All entries of a long list."""
        first = 0
        while True:
            joint = "&" if "?" in path else "?"
            page = self.call("GET", f"{path}{joint}first={first}&max={PAGE}")
            yield from page
            if len(page) < PAGE:
                return
            first += PAGE


def _reason(content: bytes) -> str:
    """The error of an answer, which never repeats what was sent."""
    try:
        answer = json.loads(content)
        return str(answer.get("errorMessage") or answer.get("error_description") or answer.get("error") or "")
    except (ValueError, AttributeError):
        return ""
