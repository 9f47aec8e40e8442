#!/usr/bin/python3
"""Writes /opt/spark/classes.jsa, an archive of the classes that Spark loads, which takes a third off the start of a driver (12 s
of a core to 8 s): https://docs.oracle.com/en/java/javase/21/vm/class-data-sharing.html#dynamic-cds-archive

An archive holds for class paths that begin as the one it was made with. That is /opt/spark/spark.jar alone, which holds nothing
but the names of all jars of Spark, and stands in front of whatever a launcher names."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SPARK = Path(os.environ["SPARK_HOME"])
FOLDER = Path("/opt/spark")
ALL = FOLDER / "spark.jar"
ARCHIVE = FOLDER / "classes.jsa"
LINE = 72
"""Bytes of a line in a manifest, at most; one that begins with a space goes on."""

SESSION = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
folder = f"file://{sys.argv[1]}/table"
values = spark.range(1000).selectExpr("id", "to_json(struct(id)) AS text").persist()
read = values.selectExpr("from_json(text, 'id INT').id AS x", "schema_of_variant(try_parse_json(text)) AS shape")
read.groupBy("x").count().join(values, read.x == values.id, "left").where("text RLIKE '[0-9]'").orderBy("x").collect()
values.write.parquet(folder)
spark.sql(f"SELECT count(*) FROM parquet.`{folder}`").collect()
for name in (
    "io.fabric8.kubernetes.client.KubernetesClientBuilder",
    "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "org.apache.kafka.clients.consumer.KafkaConsumer",
    "org.apache.spark.scheduler.cluster.k8s.KubernetesClusterManager",
    "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend",
    "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
    "org.apache.spark.sql.kafka010.KafkaSourceProvider",
    "org.postgresql.Driver",
):
    spark.sparkContext._jvm.java.lang.Class.forName(name)
spark.stop()
"""


def write_jar() -> None:
    jars = sorted(jar.name for jar in (SPARK / "jars").glob("*.jar"))
    text = "Class-Path: " + " ".join(os.path.relpath(SPARK / "jars" / jar, FOLDER) for jar in jars)
    rest = text[LINE:]
    lines = [text[:LINE], *(f" {rest[at : at + LINE - 1]}" for at in range(0, len(rest), LINE - 1))]
    with zipfile.ZipFile(ALL, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "\r\n".join(["Manifest-Version: 1.0", *lines, "", ""]))


def submit_command(arguments: list[str]) -> list[str]:
    """What spark-submit would run, as Spark's launcher says it, with that class path alone."""
    launcher = ["java", "-cp", f"{SPARK}/jars/*", "org.apache.spark.launcher.Main", "org.apache.spark.deploy.SparkSubmit"]
    # As bin/load-spark-env.sh sets it.
    environment = {**os.environ, "SPARK_SCALA_VERSION": "2.13"}
    said = subprocess.run([*launcher, *arguments], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    command = said.split("\0\n", 1)[1].split("\0")[:-1]
    command[command.index("-cp") + 1] = str(ALL)
    return command


def write_archive(work: Path) -> None:
    program = work / "session.py"
    program.write_text(SESSION)
    options = ["--master", "local[1]", "--driver-memory", "700m", "--conf", "spark.ui.enabled=false"]
    java, *rest = submit_command([*options, str(program), str(work)])
    # The name of a container that is being built is known to nobody.
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
    made = subprocess.run(
        [java, f"-XX:ArchiveClassesAtExit={ARCHIVE}", *rest],
        env=environment,
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0 or not ARCHIVE.exists():
        sys.exit(f"{made.stdout}\n{made.stderr}")


def main() -> None:
    FOLDER.mkdir()
    write_jar()
    with tempfile.TemporaryDirectory() as work:
        write_archive(Path(work))
    # As a driver has it; fails where the archive cannot be used.
    use = ["java", "-Xshare:on", f"-XX:SharedArchiveFile={ARCHIVE}", "-cp", f"{ALL}:/tmp:{SPARK}/jars/*", "-version"]
    subprocess.run(use, check=True)
    settings = SPARK / "conf" / "spark-defaults.conf"
    settings.parent.mkdir()
    settings.write_text(f"spark.driver.extraClassPath {ALL}\n")


if __name__ == "__main__":
    main()
