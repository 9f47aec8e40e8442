import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

COMPONENTS = Path(__file__).parents[2] / "components"
for folder in (COMPONENTS, COMPONENTS / "document-store", COMPONENTS / "object-store"):
    sys.path.insert(0, str(folder))


@pytest.fixture
def clock(monkeypatch):
    """A clock on which nobody waits: `now` in seconds."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    monkeypatch.setattr("time.sleep", lambda seconds: setattr(clock, "now", clock.now + seconds))
    return clock


@pytest.fixture
def server():
    """A server on 127.0.0.1 without TLS that gives `answers` (status and text), then 200, and keeps what it was `asked`."""
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.answers = [], []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append(SimpleNamespace(method=self.command, path=self.path, body=body, headers=self.headers))
        status, text = self.server.answers.pop(0) if self.server.answers else (200, "")
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    do_DELETE = do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass
