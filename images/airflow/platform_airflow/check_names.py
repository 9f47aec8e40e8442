"""Which pools, queues and connections a DAG names that the environment does not have."""


def unknown_names(task: object, known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """What a task names that the environment does not have: pairs of its kind and its name."""
    named = [("pool", getattr(task, "pool", None)), ("queue", getattr(task, "queue", None))]
    given = getattr(task, "partial_kwargs", {}) | vars(task)
    named += [("connection", value) for key, value in given.items() if key.endswith("conn_id")]
    return unknown_among(named, known)


def watched_names(schedule: object, known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The same of what the assets watch that a DAG waits for: of one, or of several that are joined by `&` and `|`."""
    watchers = getattr(schedule, "watchers", [])
    named = [
        ("connection", value)
        for watcher in watchers
        for key, value in watcher.trigger.serialize()[1].items()
        if key.endswith("conn_id") or key == "connection"
    ]
    inside = [each for part in getattr(schedule, "objects", []) for each in watched_names(part, known)]
    return sorted({*unknown_among(named, known), *inside})


def unknown_among(named: list[tuple[str, object]], known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Of pairs of a kind and a name those that are not there. What Airflow fills in at run time only then has a name."""
    texts = {(kind, name) for kind, name in named if isinstance(name, str) and "{{" not in name}
    return sorted((kind, name) for kind, name in texts if name not in known[kind])
