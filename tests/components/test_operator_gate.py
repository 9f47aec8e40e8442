"""How the gate asks an API server, and when it lets pass."""

import json

import operator_gate
import pytest
from operator_gate import Question, api_server, main, questions

PROBE = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "gate"}}
ENVIRON = {"PROBE": json.dumps(PROBE), "RESOURCE": "scaledobjects"}
PATH = "/apis/keda.sh/v1alpha1/namespaces/keda/scaledobjects?dryRun=All"
ALSO = "/apis/external.metrics.k8s.io/v1beta1"


def test_asks_for_a_dry_run_alone_or_for_another_path_too():
    probe = Question(PATH, ENVIRON["PROBE"].encode())
    assert questions(ENVIRON, "keda") == [probe]
    assert questions({**ENVIRON, "ALSO": ALSO}, "keda") == [probe, Question(ALSO, None)]


@pytest.mark.parametrize(("host", "server"), [("10.96.0.1", "https://10.96.0.1:443"), ("fd00::1", "https://[fd00::1]:443")])
def test_an_address_of_either_family_is_one(host, server):
    assert api_server({"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"}) == server


@pytest.fixture(autouse=True)
def account(monkeypatch, tmp_path, clock, server):
    """The gate has an account of the server."""
    (tmp_path / "namespace").write_text("keda")
    (tmp_path / "token").write_text("secret")
    monkeypatch.setattr(operator_gate, "ACCOUNT", tmp_path)
    monkeypatch.setattr(operator_gate, "api_server", lambda _: f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr("ssl.create_default_context", lambda cafile: None)


def test_lets_pass_what_is_accepted_and_answered(server, capsys):
    main("180", {**ENVIRON, "ALSO": ALSO})
    posted, got = server.asked
    assert (posted.method, posted.path, json.loads(posted.body)) == ("POST", PATH, PROBE)
    assert (got.method, got.path, got.body) == ("GET", ALSO, "")
    assert {asked.headers["Authorization"] for asked in server.asked} == {"Bearer secret"}
    assert posted.headers["Content-Type"] == "application/json"
    assert capsys.readouterr().out == ""


def test_waits_for_an_operator_that_refuses_first(server, clock, capsys):
    server.answers = [(500, "failed calling webhook"), (200, ""), (503, "service unavailable")]
    main("180", {**ENVIRON, "ALSO": ALSO})
    assert [asked.method for asked in server.asked] == ["POST", "POST", "GET", "POST", "GET"]
    assert capsys.readouterr().out == "failed calling webhook\nservice unavailable\n"
    assert clock.now == 2


def test_gives_up_an_operator_that_refuses_until_the_limit(server, clock):
    server.answers = [(500, "failed calling webhook")] * 10
    with pytest.raises(SystemExit, match=r"^the operator refuses or does not answer: failed calling webhook$"):
        main("3", ENVIRON)
    assert clock.now == 4


def test_gives_up_a_server_that_does_not_answer(clock, monkeypatch):
    monkeypatch.setattr(operator_gate, "api_server", lambda _: "http://127.0.0.1:1")
    with pytest.raises(SystemExit, match=r"^the operator refuses or does not answer: .*Connection refused"):
        main("3", ENVIRON)
    assert clock.now == 4


def test_takes_the_token_that_holds_now(server, tmp_path, monkeypatch):
    server.answers = [(401, "Unauthorized")]
    monkeypatch.setattr("time.sleep", lambda _: (tmp_path / "token").write_text("renewed"))
    main("180", ENVIRON)
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer secret", "Bearer renewed"]
