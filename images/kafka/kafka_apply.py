#!/usr/bin/python3
"""Makes the topics, users and ACLs of a Kafka cluster those of a JSON file (its form: kafka_plan) and says what it changed.

    kafka_apply.py FILE

Reaches Kafka by the environment that kafka_client describes, as a principal that may alter the cluster. Waits for a broker for
KAFKA_APPLY_TIMEOUT seconds (default 120). Running it again changes nothing but sets the same passwords. Exits with 0 when all is
as wished, 1 when it could not be done, 2 when the file is wrong,
and EX_CONFIG (78) when what it asks for cannot be, such as fewer partitions.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka_client import SettingsError, client_settings
from kafka_plan import Acl, Changes, Current, Topic, Wish, WishError, parse_wish, plan

REQUEST_SECONDS = 30
# Kafka's least number of rounds, https://kafka.apache.org/documentation/#security_sasl_scram_security
SCRAM_ITERATIONS = 4096
RESOURCE_TYPES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional_id": ResourceType.TRANSACTIONAL_ID,
    "cluster": ResourceType.BROKER,  # librdkafka's name for the cluster resource
}
PATTERN_TYPES = {"literal": ResourcePatternType.LITERAL, "prefixed": ResourcePatternType.PREFIXED}


def connect(environ: Mapping[str, str]) -> AdminClient:
    """A client whose first request was answered."""
    reasons: list[str] = []

    def remember(error: KafkaError) -> None:
        reasons.append(error.str())

    client = AdminClient({**client_settings(environ), "error_cb": remember, "log_level": 0})
    seconds = float(environ.get("KAFKA_APPLY_TIMEOUT", "120"))
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.list_topics(timeout=5)
            return client
        except KafkaException as error:
            client.poll(0)
            if time.monotonic() > deadline:
                reason = reasons[-1] if reasons else error.args[0].str()
                raise TimeoutError(f"no broker answered within {seconds:.0f} s: {reason}") from error


def read_current(client: AdminClient) -> Current:
    """The cluster as it is."""
    metadata = client.list_topics(timeout=REQUEST_SECONDS)
    names = [name for name in metadata.topics if not name.startswith("__")]
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
    described = client.describe_configs(resources) if resources else {}
    configs = {resource.name: _own_configs(_result(future)) for resource, future in described.items()}
    topics = {}
    for name in names:
        partitions = metadata.topics[name].partitions
        topics[name] = Topic(len(partitions), len(partitions[0].replicas), configs[name])
    users = _result(client.describe_user_scram_credentials())
    every = AclBindingFilter(
        ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ALLOW
    )
    return Current(topics, frozenset(users), frozenset(map(from_binding, _result(client.describe_acls(every)))))


def _own_configs(entries: Mapping[str, ConfigEntry]) -> dict[str, str]:
    own = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    return {entry.name: entry.value for entry in entries.values() if _number(entry.source) == own}


def _number(source: ConfigSource | int) -> int:
    return source.value if isinstance(source, ConfigSource) else source


def from_binding(binding: AclBinding) -> Acl:
    """An ACL in the words of the wish."""
    kinds = {kind: name for name, kind in RESOURCE_TYPES.items()}
    return Acl(
        binding.principal.removeprefix("User:"),
        kinds.get(binding.restype, binding.restype.name.lower()),
        binding.name,
        binding.resource_pattern_type.name.lower(),
        binding.operation.name,
        binding.host,
    )


def to_binding(acl: Acl) -> AclBinding:
    """An ACL in the words of the client library."""
    return AclBinding(
        RESOURCE_TYPES[acl.resource_type],
        acl.name,
        PATTERN_TYPES[acl.pattern_type],
        f"User:{acl.principal}",
        acl.host,
        AclOperation[acl.operation],
        AclPermissionType.ALLOW,
    )


def read_passwords(wish: Wish) -> dict[str, bytes]:
    """The users' passwords. Throws WishError where a file is missing or empty."""
    passwords, problems = {}, []
    for user, file in sorted(wish.password_files.items()):
        try:
            passwords[user] = Path(file).read_bytes().rstrip(b"\n")
        except OSError as error:
            problems.append(f"users.{user}.passwordFile: {file}: {error.strerror}")
        else:
            if not passwords[user]:
                problems.append(f"users.{user}.passwordFile: {file} is empty")
    if problems:
        raise WishError("\n".join(problems))
    return passwords


def apply(client: AdminClient, changes: Changes, passwords: Mapping[str, bytes], say: Callable[[str], None]) -> None:
    """Carries the changes out, so that nobody who is still wished for loses access in between."""
    for name, topic in changes.create_topics.items():
        new = NewTopic(name, topic.partitions, topic.replication_factor, config=dict(topic.configs))
        _result(client.create_topics([new])[name])
        say(f"topic {name}: created with {topic.partitions} partitions")
    for name, partitions in changes.grow_topics.items():
        _result(client.create_partitions([NewPartitions(name, partitions)])[name])
        say(f"topic {name}: grown to {partitions} partitions")
    for name, configs in changes.set_configs.items():
        resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[_alteration(*each) for each in configs.items()])
        _result(client.incremental_alter_configs([resource])[resource])
        shown = ", ".join(f"{key}={'default' if value is None else value}" for key, value in configs.items())
        say(f"topic {name}: set {shown}")
    for user in changes.set_passwords:
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
        upsertion = UserScramCredentialUpsertion(user, info, passwords[user])
        _result(client.alter_user_scram_credentials([upsertion])[user])
        say(f"user {user}: password set")
    _all(client.create_acls([to_binding(acl) for acl in changes.create_acls]) if changes.create_acls else {})
    for acl in changes.create_acls:
        say(f"acl added: {acl}")
    _all(client.delete_acls([_filter(acl) for acl in changes.delete_acls]) if changes.delete_acls else {})
    for acl in changes.delete_acls:
        say(f"acl removed: {acl}")
    for user in changes.delete_users:
        _result(client.alter_user_scram_credentials([UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)])[user])
        say(f"user {user}: removed")
    for name in changes.delete_topics:
        _result(client.delete_topics([name])[name])
        say(f"topic {name}: deleted")


def _alteration(key: str, value: str | None) -> ConfigEntry:
    operation = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
    return ConfigEntry(key, value, incremental_operation=operation)


def _filter(acl: Acl) -> AclBindingFilter:
    binding = to_binding(acl)
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _all(futures: Mapping[Any, Future[Any]]) -> None:
    for future in futures.values():
        _result(future)


def _result(future: Future[Any]) -> Any:  # noqa: ANN401 - whatever was asked for
    return future.result(timeout=REQUEST_SECONDS)


def main(argv: list[str]) -> int:
    if len(argv) != 1:
        print("usage: kafka_apply.py FILE", file=sys.stderr)
        return 2

    def fail(message: str, code: int) -> int:
        for line in message.splitlines():
            print(f"kafka_apply: {line}", file=sys.stderr)
        return code

    try:
        wish = parse_wish(json.loads(Path(argv[0]).read_text(encoding="utf-8")))
        passwords = read_passwords(wish)
    except (OSError, json.JSONDecodeError, WishError) as error:
        return fail(f"{argv[0]}: {error}", 2)
    try:
        client = connect(os.environ)
        changes = plan(wish, read_current(client))
        apply(client, changes, passwords, print)
    except WishError as error:
        return fail(str(error), os.EX_CONFIG)
    except (SettingsError, TimeoutError) as error:
        return fail(str(error), 1)
    except KafkaException as error:
        return fail(error.args[0].str(), 1)
    print("kafka_apply: topics, users and ACLs are as wished")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
