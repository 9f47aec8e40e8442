import json
import os

import pytest
from confluent_kafka.admin import AclOperation, ResourceType
from kafka_apply import from_binding, main, read_passwords, to_binding
from kafka_client import SettingsError, client_settings
from kafka_plan import OPERATIONS, RESOURCE_TYPES, Acl, Current, Topic, Wish, WishError
from kafka_probe import missing_broker


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({}, "PLAINTEXT"),
        ({"KAFKA_CA": "/ca"}, "SSL"),
        ({"KAFKA_CA": "/ca", "KAFKA_CERTIFICATE": "/c", "KAFKA_KEY": "/k"}, "SSL"),
        ({"KAFKA_CA": "/ca", "KAFKA_USERNAME": "u", "KAFKA_PASSWORD": "p"}, "SASL_SSL"),
        ({"KAFKA_USERNAME": "u", "KAFKA_PASSWORD": "p"}, "SASL_PLAINTEXT"),
    ],
)
def test_the_protocol_follows_from_what_is_given(environ, protocol):
    assert client_settings({"KAFKA_BOOTSTRAP": "b:1", **environ})["security.protocol"] == protocol


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "KAFKA_BOOTSTRAP"),
        ({"KAFKA_BOOTSTRAP": "b:1", "KAFKA_USERNAME": "u"}, "KAFKA_PASSWORD"),
        ({"KAFKA_BOOTSTRAP": "b:1", "KAFKA_CERTIFICATE": "/c"}, "KAFKA_KEY"),
    ],
)
def test_a_missing_variable_is_named(environ, name):
    with pytest.raises(SettingsError, match=name):
        client_settings(environ)


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES)
@pytest.mark.parametrize("pattern_type", ["literal", "prefixed"])
def test_acls_survive_the_way_to_the_library_and_back(resource_type, pattern_type):
    acl = Acl("producer", resource_type, "flights", pattern_type, "DESCRIBE", "*")
    assert from_binding(to_binding(acl)) == acl


def test_the_operations_are_those_of_the_library():
    assert set(OPERATIONS) == {each.name for each in AclOperation} - {"UNKNOWN", "ANY"}
    assert ResourceType.BROKER.value == 4  # what Kafka's protocol calls the cluster


def test_passwords_are_read_and_missing_ones_named(tmp_path):
    (tmp_path / "good").write_text("word\n")
    (tmp_path / "empty").write_text("\n")
    assert read_passwords(Wish({}, {"a": str(tmp_path / "good")}, frozenset())) == {"a": b"word"}
    with pytest.raises(WishError) as caught:
        read_passwords(Wish({}, {"b": str(tmp_path / "empty"), "c": str(tmp_path / "none")}, frozenset()))
    assert "users.b" in str(caught.value)
    assert "users.c" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"users": {"a": {"passwordFile": "/none"}}}'])
def test_a_wrong_file_is_wrong_usage(tmp_path, text, capsys):
    file = tmp_path / "wish.json"
    file.write_text(text)
    assert main([str(file)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_no_file_and_no_argument_are_wrong_usage(tmp_path):
    assert main([]) == 2
    assert main([str(tmp_path / "none")]) == 2


def test_what_cannot_be_has_an_exit_code_of_its_own_so_that_nobody_tries_again(tmp_path, monkeypatch, capsys):
    wanted = {"topics": {"flights": {"partitions": 1, "replicationFactor": 1}}}
    (tmp_path / "wish.json").write_text(json.dumps(wanted))
    monkeypatch.setattr("kafka_apply.connect", lambda _: None)
    monkeypatch.setattr("kafka_apply.read_current", lambda _: Current({"flights": Topic(2, 1)}, frozenset(), frozenset()))
    assert main([str(tmp_path / "wish.json")]) == os.EX_CONFIG
    assert "cannot shrink to 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("node_id", "brokers", "ready"), [("0", {0}, True), (None, {3}, True), ("1", {0, 2}, False), ("0", set(), False)]
)
def test_a_broker_is_ready_when_it_is_among_the_live_ones(node_id, brokers, ready):
    assert (missing_broker(node_id, brokers) is None) is ready
