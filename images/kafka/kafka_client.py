"""How the scripts of this image reach Kafka: by the environment, as the pipelines do."""

from collections.abc import Mapping


class SettingsError(Exception):
    """The environment does not say how to reach Kafka; the message names the variable."""


def client_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """librdkafka settings from KAFKA_BOOTSTRAP (needed), KAFKA_CA (a file: TLS), KAFKA_USERNAME with KAFKA_PASSWORD
    (SCRAM-SHA-512), KAFKA_CERTIFICATE with KAFKA_KEY (files: mutual TLS)."""
    bootstrap = environ.get("KAFKA_BOOTSTRAP")
    if not bootstrap:
        raise SettingsError("KAFKA_BOOTSTRAP is not set: give the addresses of the brokers as host:port,host:port.")
    settings = {"bootstrap.servers": bootstrap}

    authority = environ.get("KAFKA_CA")
    if authority:
        settings["ssl.ca.location"] = authority
    if environ.get("KAFKA_CERTIFICATE"):
        settings["ssl.certificate.location"] = environ["KAFKA_CERTIFICATE"]
        settings["ssl.key.location"] = _needed(environ, "KAFKA_KEY", "KAFKA_CERTIFICATE")

    username = environ.get("KAFKA_USERNAME")
    if username:
        settings["sasl.mechanism"] = "SCRAM-SHA-512"
        settings["sasl.username"] = username
        settings["sasl.password"] = _needed(environ, "KAFKA_PASSWORD", "KAFKA_USERNAME")
    settings["security.protocol"] = _protocol(sasl=bool(username), tls=bool(authority))
    return settings


def _protocol(*, sasl: bool, tls: bool) -> str:
    if sasl:
        return "SASL_SSL" if tls else "SASL_PLAINTEXT"
    return "SSL" if tls else "PLAINTEXT"


def _needed(environ: Mapping[str, str], name: str, because: str) -> str:
    value = environ.get(name)
    if not value:
        raise SettingsError(f"{name} is not set, but {because} is: give both or neither.")
    return value
