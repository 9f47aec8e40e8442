"""Asks until the API server, and so the operator behind it, accepts an object as a dry run, and answers another path.

    python3 -c PROGRAM SECONDS

SECONDS is how long that may take. Reads the environment: PROBE (the object, JSON), RESOURCE (plural name of its kind), ALSO (the
other path, by default none), and KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which every container has. Logs in as the
pod's service account.

Python's standard library alone, so that any image with Python does. Exits with 1 and the last answer when the time is over.
"""

import http.client
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Optional

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where the kubelet puts the account: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/"""
PAUSE_SECONDS = 1
TIMEOUT_SECONDS = 15
"""Of one request."""


class Question(NamedTuple):
    path: str
    body: Optional[bytes]
    """What is posted; None asks by GET."""


def wait_until(accepted: Callable[[], None], seconds: float) -> None:
    """Tries until it throws neither OSError nor HTTPException. Ends the program where that takes longer."""
    end = time.monotonic() + seconds
    while True:
        try:
            accepted()
            return
        except urllib.error.HTTPError as error:
            problem = error.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            problem = str(error)
        if time.monotonic() > end:
            sys.exit("the operator refuses or does not answer: " + problem)
        print(problem, flush=True)
        time.sleep(PAUSE_SECONDS)


def questions(environ: Mapping[str, str], namespace: str) -> list[Question]:
    probe, also = environ["PROBE"], environ.get("ALSO")
    path = f"/apis/{json.loads(probe)['apiVersion']}/namespaces/{namespace}/{environ['RESOURCE']}?dryRun=All"
    return [Question(path, probe.encode()), *([Question(also, None)] if also else [])]


def api_server(environ: Mapping[str, str]) -> str:
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ["KUBERNETES_SERVICE_PORT"]
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def ask(server: str, question: Question, trust: ssl.SSLContext) -> None:
    """Asks with the account's token, which the kubelet renews. Throws OSError where the answer is not a success."""
    token = (ACCOUNT / "token").read_text()
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    request = urllib.request.Request(server + question.path, question.body, headers)
    urllib.request.urlopen(request, context=trust, timeout=TIMEOUT_SECONDS).close()


def main(seconds: str, environ: Mapping[str, str] = os.environ) -> None:
    server, asked = api_server(environ), questions(environ, (ACCOUNT / "namespace").read_text())
    trust = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))

    def accepted() -> None:
        for question in asked:
            ask(server, question, trust)

    wait_until(accepted, float(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
