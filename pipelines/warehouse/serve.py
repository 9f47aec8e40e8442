"""The SQL endpoint: Spark's Thrift server (JDBC and ODBC) over the tables of the lake, in one process.

There is no metastore: the catalogue is in memory and follows what is published in the lake. Logins are checked by
platform.spark.PasswordFile, and platform.spark.ReadOnly lets sessions do nothing but read what lies in the lake.
"""

import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from warehouse import lake
from warehouse.log import log
from warehouse.problems import WarehouseError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PORT = 10_000
DATABASE = "lake"
REFRESH_SECONDS = 10.0
CHANGEABLE = r"(hive\.(?!metastore\.|variable\.|conf\.)|spark\.).*"
"""What Hive's code takes from a client, which says it before ReadOnly is asked; that refuses Spark's. Others would have Hive open
a metastore of the client's choice (`javax.jdo.*`, `set:metaconf:`): files of this pod, or any server that it reaches."""
TLS = Path("/etc/platform/tls")
USERS = Path("/etc/platform/users/users")
SCRATCH = Path("/run/spark")
"""In memory: holds the keystore and its password while the server runs."""
ALIVE = SCRATCH / "alive"
"""Touched whenever the catalogue was compared with the lake."""


def serve() -> None:
    write_settings()
    spark = start_session()
    tables: dict[str, str] = {}
    refresh(spark, tables)
    server = spark.sparkContext._jvm.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2.startWithSparkSession(
        spark._jsparkSession, True
    )
    # Before the pod is ready, so before any client comes.
    server.getHiveConf().setModifiableWhiteListRegex(CHANGEABLE)
    log("serving", port=PORT, tables=sorted(tables))
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    ALIVE.touch()
    while not told.wait(REFRESH_SECONDS):
        follow(spark, tables)
    spark.stop()


def settings(keystore: Path, password: str) -> dict[str, str]:
    """Of the Thrift server; https://spark.apache.org/docs/4.0.4/sql-distributed-sql-engine.html"""
    return {
        "hive.server2.thrift.port": str(PORT),
        "hive.server2.thrift.bind.host": "0.0.0.0",
        "hive.server2.authentication": "CUSTOM",
        "hive.server2.custom.authentication.class": "platform.spark.PasswordFile",
        "hive.server2.enable.doAs": "false",
        "hive.server2.use.SSL": "true",
        "hive.server2.keystore.path": str(keystore),
        "hive.server2.keystore.password": password,
        "hive.server2.idle.session.timeout": "3600000",
        "hive.server2.idle.operation.timeout": "3600000",
        "hive.server2.thrift.max.worker.threads": "50",
        "hive.exec.scratchdir": "/tmp/hive",
        # A client's settings are taken as they are written: it may not have variables of this process put in.
        "hive.variable.substitute": "false",
        "hive.conf.restricted.list": "hive.variable.substitute",
        "platform.users.file": str(USERS),
    }


def render_settings(values: Mapping[str, str]) -> str:
    """hive-site.xml: Hive's own code reads its settings there alone."""
    properties = (
        f"<property><name>{escape(name)}</name><value>{escape(value)}</value></property>" for name, value in values.items()
    )
    return f"<configuration>{''.join(properties)}</configuration>\n"


def write_settings() -> None:
    keystore, password = SCRATCH / "keystore.p12", secrets.token_urlsafe(24)
    command = ["openssl", "pkcs12", "-export", "-inkey", str(TLS / "tls.key"), "-in", str(TLS / "tls.crt"), "-out", str(keystore)]
    made = subprocess.run([*command, "-passout", "stdin"], input=password, text=True, capture_output=True, check=False)
    if made.returncode != 0:
        raise WarehouseError(f"openssl: {made.stderr.strip()}")
    file = SCRATCH / "hive-site.xml"
    file.touch(mode=0o600)
    file.write_text(render_settings(settings(keystore, password)))
    os.environ["SPARK_CONF_DIR"] = str(SCRATCH)


def start_session() -> "SparkSession":
    """The first session: ReadOnly takes it for its own, so nobody else may have one before."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("spark-sql").getOrCreate()
    spark.sql(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    return spark


def follow(spark: "SparkSession", tables: dict[str, str]) -> None:
    """Refresh; where the lake cannot be read, what is known stays, and the probes end this process once that has lasted."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        refresh(spark, tables)
        ALIVE.touch()
    except (Py4JJavaError, PySparkException, ValueError) as error:
        # A trace of Java's frames follows its first line.
        log("not refreshed", reason=str(error).partition("\n\tat ")[0])


def refresh(spark: "SparkSession", tables: dict[str, str]) -> None:
    """Views over what is published now. Replacing one is a single step: who asks sees the old or the new."""
    published = lake.current(spark)
    for table in tables.keys() - published.keys():
        spark.sql(f"DROP VIEW IF EXISTS {name_of(table)}")
        del tables[table]
    for table, publication in published.items():
        if tables.get(table) == publication.folder:
            continue
        spark.sql(view_of(table, lake.folder_of(table, publication)))
        tables[table] = publication.folder
        log("table", table=table, publication=publication.folder, rows=publication.rows)


def name_of(table: str) -> str:
    return f"{DATABASE}.`{table.replace('`', '``')}`"


def view_of(table: str, folder: str) -> str:
    return f"CREATE OR REPLACE VIEW {name_of(table)} AS SELECT * FROM parquet.`{folder.replace('`', '``')}`"
