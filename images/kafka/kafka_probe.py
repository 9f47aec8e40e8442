#!/usr/bin/python3
"""Readiness of a broker: fetches the cluster's metadata as a client does, with TLS and login, and looks for the broker in it.

Reads the environment that kafka_client describes. With NODE_ID it asks that this broker is registered and not fenced; without,
any broker will do. Exits with 0 when ready, with 1 and the reason when not. KAFKA_PROBE_TIMEOUT is in seconds (default 3).
"""

import os
import sys

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from kafka_client import SettingsError, client_settings


def missing_broker(node_id: str | None, brokers: set[int]) -> str | None:
    """Why the brokers of the metadata do not make this one ready; None where they do."""
    if not brokers:
        return "the metadata names no broker"
    if node_id is not None and int(node_id) not in brokers:
        return f"broker {node_id} is not among the live brokers {sorted(brokers)}"
    return None


def main() -> int:
    reasons: list[str] = []

    def remember(error: KafkaError) -> None:
        reasons.append(error.str())

    try:
        settings = client_settings(os.environ)
        client = AdminClient({**settings, "error_cb": remember, "log_level": 0}, logger=None)
        client.poll(0)
        metadata = client.list_topics(timeout=float(os.environ.get("KAFKA_PROBE_TIMEOUT", "3")))
        problem = missing_broker(os.environ.get("NODE_ID"), set(metadata.brokers))
    except SettingsError as error:
        problem = str(error)
    except KafkaException as error:
        client.poll(0)
        problem = "; ".join([error.args[0].str(), *reasons[:1]])
    if problem is None:
        return 0
    print(f"kafka_probe: not ready: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
