"""What has to change in a Kafka cluster so that it is as wished. Pure: reads no file and asks no broker.

The wish is a JSON object:

    {
      "topics": {"flights": {"partitions": 6, "replicationFactor": 1, "configs": {"retention.ms": "604800000"}}},
      "users": {"flights-producer": {"passwordFile": "/etc/kafka-users/flights-producer"}},
      "acls": [{"principal": "flights-producer", "resourceType": "topic", "name": "flights", "patternType": "literal",
                "operations": ["WRITE", "DESCRIBE"], "host": "*"}],
      "ownedPrincipals": ["flights-*"],
      "deleteTopics": false
    }

resourceType is topic, group, transactional_id or cluster (whose name is "kafka-cluster"); patternType (default literal) is
literal or prefixed; host defaults to any. Users and ACLs of principals that match a pattern of ownedPrincipals (shell
patterns), and of those the wish names, are taken away where the wish does not have them. All others are left alone. So are
topics that it does not name, unless deleteTopics is true (default false).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

RESOURCE_TYPES = ("topic", "group", "transactional_id", "cluster")
PATTERN_TYPES = ("literal", "prefixed")
# https://kafka.apache.org/documentation/#operations_in_kafka
OPERATIONS = (
    "ALL",
    "READ",
    "WRITE",
    "CREATE",
    "DELETE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
)
KINDS = {
    "topics": (dict, "an object"),
    "users": (dict, "an object"),
    "acls": (list, "a list"),
    "ownedPrincipals": (list, "a list"),
    "deleteTopics": (bool, "true or false"),
}


class WishError(Exception):
    """The wish is not well formed or cannot be fulfilled; the message holds one line for each problem."""


@dataclass(frozen=True, order=True)
class Acl:
    """One operation that a principal, named without "User:", is allowed."""

    principal: str
    resource_type: str
    name: str
    pattern_type: str
    operation: str
    host: str

    def __str__(self) -> str:
        where = "" if self.host == "*" else f" from {self.host}"
        prefixed = "*" if self.pattern_type == "prefixed" else ""
        return f"{self.principal}: {self.operation} on {self.resource_type} {self.name}{prefixed}{where}"


@dataclass(frozen=True)
class Topic:
    partitions: int
    replication_factor: int
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    topics: Mapping[str, Topic]
    password_files: Mapping[str, str]
    acls: frozenset[Acl]
    owned_principals: tuple[str, ...] = ()
    delete_topics: bool = False


@dataclass(frozen=True)
class Current:
    """The cluster as it is: its topics but for internal ones, users with SCRAM credentials, and ACLs that allow."""

    topics: Mapping[str, Topic]
    users: frozenset[str]
    acls: frozenset[Acl]


@dataclass(frozen=True)
class Changes:
    create_topics: Mapping[str, Topic] = field(default_factory=dict)
    grow_topics: Mapping[str, int] = field(default_factory=dict)
    set_configs: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """By topic; None puts a setting back to its default."""
    delete_topics: tuple[str, ...] = ()
    set_passwords: tuple[str, ...] = ()
    """All wished users: a broker does not tell whether a password is still the same."""
    delete_users: tuple[str, ...] = ()
    create_acls: tuple[Acl, ...] = ()
    delete_acls: tuple[Acl, ...] = ()


def parse_wish(data: object) -> Wish:
    """The wish of a JSON object. Throws WishError with all its problems."""
    if not isinstance(data, dict):
        raise WishError("the wish must be a JSON object")
    problems = [f"{key}: not known" for key in sorted(set(data) - set(KINDS))]
    misshapen = [f"{key}: must be {name}" for key, (kind, name) in KINDS.items() if not isinstance(data.get(key, kind()), kind)]
    if misshapen:
        raise WishError("\n".join(problems + misshapen))

    topics = {name: _topic(name, value, problems) for name, value in data.get("topics", {}).items()}
    password_files = {}
    for name, user in data.get("users", {}).items():
        if not isinstance(user, dict) or not isinstance(user.get("passwordFile"), str):
            problems.append(f"users.{name}.passwordFile: must be the path of a file")
        else:
            password_files[name] = user["passwordFile"]
    acls = [acl for index, value in enumerate(data.get("acls", [])) for acl in _acls(index, value, problems)]
    if problems:
        raise WishError("\n".join(problems))
    return Wish(
        topics=topics,
        password_files=password_files,
        acls=frozenset(acls),
        owned_principals=tuple(data.get("ownedPrincipals", [])),
        delete_topics=bool(data.get("deleteTopics", False)),
    )


def _topic(name: str, value: object, problems: list[str]) -> Topic:
    counts = {}
    for key in ("partitions", "replicationFactor"):
        count = value.get(key) if isinstance(value, dict) else None
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            problems.append(f"topics.{name}.{key}: must be a whole number from 1, not {count!r}")
            count = 1
        counts[key] = count
    configs = value.get("configs", {}) if isinstance(value, dict) else {}
    return Topic(counts["partitions"], counts["replicationFactor"], {key: str(configs[key]) for key in configs})


def _acls(index: int, value: object, problems: list[str]) -> Iterable[Acl]:
    where = f"acls[{index}]"
    if not isinstance(value, dict):
        problems.append(f"{where}: must be an object")
        return []
    rule = {"patternType": "literal", "host": "*", **value}
    found = len(problems)
    texts = ("principal", "name", "host")
    problems += [f"{where}.{key}: must be a text" for key in texts if not isinstance(rule.get(key), str) or not rule[key]]
    for key, allowed in (("resourceType", RESOURCE_TYPES), ("patternType", PATTERN_TYPES)):
        if rule.get(key) not in allowed:
            problems.append(f"{where}.{key}: must be one of {', '.join(allowed)}, not {rule.get(key)!r}")
    operations = rule.get("operations")
    if not isinstance(operations, list) or not operations or not all(str(each).upper() in OPERATIONS for each in operations):
        problems.append(f"{where}.operations: must be a list of {', '.join(OPERATIONS)}, not {operations!r}")
    if len(problems) > found:
        return []
    return [
        Acl(rule["principal"], rule["resourceType"], rule["name"], rule["patternType"], operation.upper(), rule["host"])
        for operation in operations
    ]


def plan(wish: Wish, current: Current) -> Changes:
    """What to change, in a stable order. Throws WishError where a topic would have to lose partitions or move replicas."""
    problems = [
        problem
        for name, wanted in sorted(wish.topics.items())
        if name in current.topics
        for problem in _impossible(name, wanted, current.topics[name])
    ]
    if problems:
        raise WishError("\n".join(problems))

    existing = {name: topic for name, topic in wish.topics.items() if name in current.topics}
    configs = {name: _config_changes(topic.configs, current.topics[name].configs) for name, topic in existing.items()}
    named = set(wish.password_files) | {acl.principal for acl in wish.acls}

    def owned(principal: str) -> bool:
        return principal in named or any(fnmatchcase(principal, pattern) for pattern in wish.owned_principals)

    return Changes(
        create_topics={name: topic for name, topic in sorted(wish.topics.items()) if name not in current.topics},
        grow_topics={
            name: topic.partitions
            for name, topic in sorted(existing.items())
            if topic.partitions > current.topics[name].partitions
        },
        set_configs={name: changes for name, changes in sorted(configs.items()) if changes},
        delete_topics=tuple(sorted(set(current.topics) - set(wish.topics))) if wish.delete_topics else (),
        set_passwords=tuple(sorted(wish.password_files)),
        delete_users=tuple(sorted(user for user in current.users - set(wish.password_files) if owned(user))),
        create_acls=tuple(sorted(wish.acls - current.acls)),
        delete_acls=tuple(sorted(acl for acl in current.acls - wish.acls if owned(acl.principal))),
    )


def _impossible(name: str, wanted: Topic, present: Topic) -> Iterable[str]:
    if wanted.partitions < present.partitions:
        yield (
            f"topic {name} has {present.partitions} partitions and cannot shrink to {wanted.partitions}: "
            "ask for as many or more, or make a new topic."
        )
    if wanted.replication_factor != present.replication_factor:
        yield (
            f"topic {name} has replication factor {present.replication_factor}, not {wanted.replication_factor}: "
            "move its replicas with kafka-reassign-partitions, or make a new topic."
        )


def _config_changes(wanted: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str | None]:
    changes: dict[str, str | None] = {key: value for key, value in wanted.items() if present.get(key) != value}
    changes.update({key: None for key in present if key not in wanted})
    return dict(sorted(changes.items()))
