import pytest
from kafka_plan import Acl, Changes, Current, Topic, Wish, WishError, parse_wish, plan

WISH = {
    "topics": {"flights": {"partitions": 6, "replicationFactor": 1, "configs": {"retention.ms": -1}}},
    "users": {"producer": {"passwordFile": "/run/producer"}},
    "acls": [{"principal": "producer", "resourceType": "topic", "name": "flights", "operations": ["Write", "DESCRIBE"]}],
    "ownedPrincipals": ["old-*"],
}
EMPTY = Current({}, frozenset(), frozenset())


def acl(principal: str = "producer", operation: str = "WRITE", **changes: str) -> Acl:
    return Acl(
        **{
            "principal": principal,
            "resource_type": "topic",
            "name": "flights",
            "pattern_type": "literal",
            "operation": operation,
            "host": "*",
            **changes,
        }
    )


def reached(wish: Wish) -> Current:
    return Current(wish.topics, frozenset(wish.password_files), wish.acls)


def test_a_wish_is_read_with_its_defaults():
    wish = parse_wish(WISH)
    assert wish.topics == {"flights": Topic(6, 1, {"retention.ms": "-1"})}
    assert wish.acls == {acl(), acl(operation="DESCRIBE")}
    assert wish.delete_topics is False
    assert parse_wish({}) == Wish({}, {}, frozenset())


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"topic": {}}, "topic: not known"),
        ({"topics": {"a": {"partitions": 0, "replicationFactor": 1}}}, "topics.a.partitions"),
        ({"topics": {"a": {"partitions": True, "replicationFactor": 1}}}, "topics.a.partitions"),
        ({"topics": {"a": {"partitions": 1}}}, "topics.a.replicationFactor"),
        ({"topics": {"a": 3}}, "topics.a.partitions"),
        ({"topics": []}, "topics: must be an object"),
        ({"users": {"a": {}}}, "users.a.passwordFile"),
        ({"users": {"a": "b"}}, "users.a.passwordFile"),
        ({"acls": {}}, "acls: must be a list"),
        ({"acls": ["a"]}, "acls[0]: must be an object"),
        ({"acls": [{**WISH["acls"][0], "resourceType": "table"}]}, "acls[0].resourceType"),
        ({"acls": [{**WISH["acls"][0], "patternType": "any"}]}, "acls[0].patternType"),
        ({"acls": [{**WISH["acls"][0], "operations": "READ"}]}, "acls[0].operations"),
        ({"acls": [{**WISH["acls"][0], "operations": ["FLY"]}]}, "acls[0].operations"),
        ({"acls": [{**WISH["acls"][0], "principal": ""}]}, "acls[0].principal"),
        ({"ownedPrincipals": "*"}, "ownedPrincipals: must be a list"),
        ({"deleteTopics": "no"}, "deleteTopics: must be true or false"),
    ],
)
def test_a_wrong_wish_is_refused_with_the_place(change, where):
    with pytest.raises(WishError) as caught:
        parse_wish({**WISH, **change})
    assert where in str(caught.value)


def test_all_problems_come_at_once():
    with pytest.raises(WishError) as caught:
        parse_wish({"topics": {"a": {}}, "users": {"b": {}}, "more": 1})
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize("data", [None, 3, "text", [], [{}]])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(WishError):
        parse_wish(data)


def test_an_empty_cluster_gets_everything():
    wish = parse_wish(WISH)
    assert plan(wish, EMPTY) == Changes(
        create_topics=wish.topics,
        set_passwords=("producer",),
        create_acls=(acl(operation="DESCRIBE"), acl()),
    )


def test_a_cluster_as_wished_only_gets_its_passwords_again():
    wish = parse_wish(WISH)
    assert plan(wish, reached(wish)) == Changes(set_passwords=("producer",))


def test_settings_are_set_and_put_back():
    wish = Wish({"a": Topic(1, 1, {"keep": "1", "new": "2"})}, {}, frozenset())
    current = Current({"a": Topic(1, 1, {"keep": "1", "old": "3"})}, frozenset(), frozenset())
    assert plan(wish, current).set_configs == {"a": {"new": "2", "old": None}}


def test_partitions_grow():
    wish = Wish({"a": Topic(3, 1)}, {}, frozenset())
    assert plan(wish, Current({"a": Topic(1, 1)}, frozenset(), frozenset())).grow_topics == {"a": 3}


@pytest.mark.parametrize(("present", "said"), [(Topic(4, 1), "cannot shrink"), (Topic(3, 2), "replication factor 2")])
def test_what_cannot_be_done_is_refused(present, said):
    wish = Wish({"a": Topic(3, 1)}, {}, frozenset())
    with pytest.raises(WishError, match=said):
        plan(wish, Current({"a": present}, frozenset(), frozenset()))


def test_owned_users_and_acls_go_and_others_stay():
    wish = parse_wish(WISH)
    current = Current(
        {"mine": Topic(1, 1), **wish.topics},
        frozenset({"producer", "old-loader", "admin"}),
        frozenset({*wish.acls, acl("producer", "READ"), acl("old-loader"), acl("admin"), acl("other")}),
    )
    changes = plan(wish, current)
    assert changes.delete_users == ("old-loader",)
    assert changes.delete_acls == (acl("old-loader"), acl("producer", "READ"))
    assert changes.delete_topics == ()


def test_topics_go_only_when_told():
    current = Current({"mine": Topic(1, 1)}, frozenset(), frozenset())
    assert plan(parse_wish({"deleteTopics": True}), current).delete_topics == ("mine",)
    assert plan(parse_wish({}), current).delete_topics == ()


def test_acls_are_told_in_words():
    assert str(acl()) == "producer: WRITE on topic flights"
    assert str(acl(pattern_type="prefixed", host="10.0.0.1")) == "producer: WRITE on topic flights* from 10.0.0.1"
