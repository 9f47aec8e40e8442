"""What the client of Keycloak does where the connection or the server lets it down."""

import http.client
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import realm_client


class Keycloak(ThreadingHTTPServer):
    """Counts what it is asked, and answers late or hangs up where it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = 0
        self.delay = 0.0
        self.hang_up = False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Keycloak

    def do_POST(self) -> None:
        self.server.asked += 1
        time.sleep(self.server.delay)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = self.server.hang_up

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def keycloak() -> Iterator[Keycloak]:
    with Keycloak() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def client(keycloak: Keycloak, monkeypatch: pytest.MonkeyPatch) -> realm_client.Server:
    plain = http.client.HTTPConnection
    monkeypatch.setattr(http.client, "HTTPSConnection", lambda *at, context, timeout: plain(*at, timeout=timeout))
    monkeypatch.setattr(realm_client.ssl, "create_default_context", lambda cafile: cafile)
    monkeypatch.setattr(realm_client, "REQUEST_SECONDS", 0.2)
    return realm_client.Server(f"https://127.0.0.1:{keycloak.server_port}", "ca.crt")


def test_asks_once_for_what_takes_too_long(keycloak: Keycloak, client: realm_client.Server) -> None:
    assert client.send("POST", "/", b"", {})[0] == 201
    keycloak.delay = 0.5
    with pytest.raises(TimeoutError):
        client.send("POST", "/", b"", {})
    assert keycloak.asked == 2


def test_asks_again_where_an_idle_connection_was_closed(keycloak: Keycloak, client: realm_client.Server) -> None:
    keycloak.hang_up = True
    assert client.send("POST", "/", b"", {})[0] == 201
    assert client.send("POST", "/", b"", {})[0] == 201
    assert keycloak.asked == 2
