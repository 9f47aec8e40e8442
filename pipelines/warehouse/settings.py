"""Where the services are and how to log in there: the files of their Secrets, and what Spark and psycopg are told of them."""

from collections.abc import Mapping
from pathlib import Path

from warehouse.problems import WarehouseError

FOLDER = Path("/etc/platform")

TOPIC = "flights"
GROUP = "spark"
"""Begin of the names of consumer groups, as the environment allows them."""
COLLECTION = "flights"
LAKE = "s3a://lake"


def secret(service: str, folder: Path = FOLDER) -> dict[str, str]:
    """The keys of a service's Secret; `ca` is where its authority lies."""
    place = folder / service
    try:
        # Kubernetes keeps the files behind links that begin with dots.
        values = {file.name: file.read_text() for file in place.iterdir() if not file.name.startswith(".")}
    except OSError as error:
        raise WarehouseError(f"{error.filename}: {error.strerror}. Give the application the Secret of {service}.") from error
    return {**values, "ca": str(place / "ca.crt")}


def kafka_options(values: Mapping[str, str]) -> dict[str, str]:
    """Of Spark's source; https://spark.apache.org/docs/4.0.4/streaming/structured-streaming-kafka-integration.html"""
    username, password = (_quoted(values[key]) for key in ("username", "password"))
    module = "org.apache.kafka.common.security.scram.ScramLoginModule"
    return {
        "kafka.bootstrap.servers": values["bootstrap"],
        "kafka.security.protocol": "SASL_SSL",
        "kafka.sasl.mechanism": "SCRAM-SHA-512",
        "kafka.sasl.jaas.config": f"{module} required username={username} password={password};",
        "kafka.ssl.truststore.type": "PEM",
        "kafka.ssl.truststore.location": values["ca"],
        "kafka.isolation.level": "read_committed",
        "groupIdPrefix": GROUP,
        "failOnDataLoss": "true",
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def jdbc_options(values: Mapping[str, str]) -> dict[str, str]:
    """Of Spark's JDBC writer."""
    return {
        "url": f"jdbc:postgresql://{values['host']}:{values['port']}/{values['database']}",
        "user": values["username"],
        "password": values["password"],
        "sslmode": "verify-full",
        "sslrootcert": values["ca"],
        "driver": "org.postgresql.Driver",
        "ApplicationName": "spark-job",
        "reWriteBatchedInserts": "true",
        "batchsize": "10000",
    }


def libpq(values: Mapping[str, str]) -> dict[str, str]:
    """The same for psycopg."""
    return {
        "host": values["host"],
        "port": values["port"],
        "dbname": values["database"],
        "user": values["username"],
        "password": values["password"],
        "sslmode": "verify-full",
        "sslrootcert": values["ca"],
        "application_name": "spark-job",
        "connect_timeout": "10",
    }


def mongodb_options(values: Mapping[str, str]) -> dict[str, str]:
    """Of the connector; its authority is in the virtual machine's trust store."""
    return {
        "connection.uri": values["url"],
        "database": values["database"],
        "collection": COLLECTION,
    }
