"""What makes the buckets of the object store: its requests, their signature, and its patience."""

import http.client
import json

import pytest
from setup_buckets import PATIENCE_SECONDS, Request, digest, insist, main, make_buckets, settings, signed

# https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, the example of GET Bucket Lifecycle
EXAMPLE_KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

EXPIRY_OF_7_DAYS = (
    "<LifecycleConfiguration><Rule><ID>expiry</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>"
    "<Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>"
)
ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
SUSPENDED = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"


def test_signatures_are_those_of_amazons_own_example():
    request = Request("GET", "/", "lifecycle")
    assert signed(request, "examplebucket.s3.amazonaws.com", "us-east-1", EXAMPLE_KEYS, "20130524T000000Z") == {
        "host": "examplebucket.s3.amazonaws.com",
        "x-amz-content-sha256": digest(""),
        "x-amz-date": "20130524T000000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
        "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    }


def test_the_body_is_part_of_the_signature():
    host, region, now = "store:8333", "us-east-1", "20130524T000000Z"
    one, other = (signed(Request("PUT", "/logs", body=body), host, region, EXAMPLE_KEYS, now) for body in "ab")
    assert one["x-amz-content-sha256"] == digest("a")
    assert one["authorization"] != other["authorization"]


@pytest.mark.parametrize(
    ("versioning", "has_state", "days", "requests"),
    [
        (False, False, None, [("DELETE", "lifecycle", "")]),
        (True, True, None, [("PUT", "versioning", ENABLED), ("DELETE", "lifecycle", "")]),
        (False, True, None, [("PUT", "versioning", SUSPENDED), ("DELETE", "lifecycle", "")]),
        (True, True, 7, [("PUT", "versioning", ENABLED), ("PUT", "lifecycle", EXPIRY_OF_7_DAYS)]),
    ],
)
def test_a_bucket_is_asked_for_what_is_wished(versioning, has_state, days, requests):
    asked = settings("logs", {"versioning": versioning, "expiryDays": days}, has_state)
    assert [(request.method, request.query, request.body) for request in asked] == requests
    assert {request.path for request in asked} == {"/logs"}


class FakeStore:
    """Answers each request by its method and query, else with 200; keeps what it was asked."""

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.asked = []

    def send(self, request):
        self.asked.append((request.method, request.path, request.query))
        return self.answers.get((request.method, request.query), (200, ""))


def test_a_new_bucket_is_made_and_told_nothing_of_versioning(capsys):
    store = FakeStore({("DELETE", "lifecycle"): (404, "NoSuchLifecycleConfiguration")})
    make_buckets({"logs": {"versioning": False, "expiryDays": None}}, store.send)
    assert store.asked == [("PUT", "/logs", ""), ("GET", "/logs", "versioning"), ("DELETE", "/logs", "lifecycle")]
    assert capsys.readouterr().out == "bucket logs is as wished\n"


def test_a_bucket_that_is_there_is_brought_to_the_wish(capsys):
    there = {("PUT", ""): (409, "BucketAlreadyExists"), ("GET", "versioning"): (200, "<Status>Enabled</Status>")}
    store = FakeStore(there)
    make_buckets({"a": {"versioning": False, "expiryDays": 7}, "b": {"versioning": True, "expiryDays": 7}}, store.send)
    assert store.asked == [
        *[("PUT", "/a", ""), ("GET", "/a", "versioning"), ("PUT", "/a", "versioning"), ("PUT", "/a", "lifecycle")],
        *[("PUT", "/b", ""), ("PUT", "/b", "versioning"), ("PUT", "/b", "lifecycle")],
    ]
    assert capsys.readouterr().out == "bucket a is as wished\nbucket b is as wished\n"


def test_a_store_that_cannot_just_now_is_asked_again(clock, capsys):
    answers = [(503, "starting"), ConnectionRefusedError("refused"), http.client.BadStatusLine("cut off"), (200, "there")]

    def send(_):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert insist(send, Request("PUT", "/logs")) == "there"
    assert clock.now == 3
    said = [f"PUT /logs: 503 {why}" for why in ("starting", "refused", "cut off")]
    assert capsys.readouterr().out.splitlines() == said


def test_a_store_that_cannot_just_now_is_not_taken_for_one_without_versioning(clock):
    store = FakeStore({("GET", "versioning"): (503, "starting")})
    with pytest.raises(SystemExit, match=r"^GET /logs\?versioning: 503 starting$"):
        make_buckets({"logs": {"versioning": False, "expiryDays": None}}, store.send)


def test_a_store_that_stays_away_is_given_up(clock):
    with pytest.raises(SystemExit, match=r"^PUT /logs\?versioning: 500 full$"):
        insist(lambda _: (500, "full"), Request("PUT", "/logs", "versioning"))
    assert clock.now == PATIENCE_SECONDS + 1


def test_a_store_that_refuses_is_not_asked_again(clock):
    with pytest.raises(SystemExit, match=r"^PUT /logs\?: 403 AccessDenied$"):
        insist(lambda _: (403, "AccessDenied"), Request("PUT", "/logs"))
    assert clock.now == 0


def test_sends_its_requests_signed_by_the_keys_that_it_is_given(server, monkeypatch, tmp_path, capsys):
    plain = http.client.HTTPConnection
    monkeypatch.setattr(http.client, "HTTPSConnection", lambda *at, context, timeout: plain(*at, timeout=timeout))
    monkeypatch.setattr("ssl.create_default_context", lambda cafile: None)
    buckets = {"logs": {"versioning": True, "expiryDays": 7}}
    wish = {"host": "127.0.0.1", "port": server.server_port, "region": "us-east-1", "buckets": buckets}
    (tmp_path / "wish.json").write_text(json.dumps(wish))
    for name, text in zip(("accessKey", "secretKey"), EXAMPLE_KEYS, strict=True):
        (tmp_path / name).write_text(text)
    main(str(tmp_path / "wish.json"), str(tmp_path))
    assert [(asked.method, asked.path, asked.body) for asked in server.asked] == [
        ("PUT", "/logs", ""),
        ("PUT", "/logs?versioning", ENABLED),
        ("PUT", "/logs?lifecycle", EXPIRY_OF_7_DAYS),
    ]
    for asked, query in zip(server.asked, ("", "versioning", "lifecycle"), strict=True):
        request = Request(asked.method, "/logs", query, asked.body)
        host = f"127.0.0.1:{server.server_port}"
        headers = signed(request, host, "us-east-1", EXAMPLE_KEYS, asked.headers["x-amz-date"])
        assert headers.items() <= {name.lower(): value for name, value in asked.headers.items()}.items()
    assert capsys.readouterr().out == "bucket logs is as wished\n"
