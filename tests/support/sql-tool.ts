import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { platformEnvironment } from "../../scripts/lib/platform-environment";
import { attempt, run } from "../../scripts/lib/run";
import { SERVERS } from "./spark";

/** Both drivers, and what they and beeline need of Spark's other archives. */
const ARCHIVES = [
  ...["postgresql-*", "hive-*", "spark-hive-thriftserver_*", "spark-common-utils_*", "scala-library-*", "libthrift-*"],
  ...["hadoop-client-*", "httpclient-*", "httpcore-*", "commons-*", "guava-*", "failureaccess-*", "super-csv-*"],
  ...["jline-2*", "log4j-*", "slf4j-api-*", "jcl-over-slf4j-*"],
];
const FOLDER = "/opt/python/pyspark/jars";

/** What `scripts/login` shows of a role or a user. */
export type Login = Readonly<Record<string, string>>;

/** A SQL tool on this machine that knows addresses and logins alone: beeline with the drivers of JDBC. */
export class SqlTool {
  readonly #folder = mkdtempSync(join(tmpdir(), "sql-tool-"));

  static async open(): Promise<SqlTool> {
    const tool = new SqlTool();
    const pack = `cd ${FOLDER} && tar --create --dereference ${ARCHIVES.join(" ")}`;
    const packed = `kubectl --kubeconfig ${paths.kubeconfig} exec --namespace ${SERVERS} deployment/spark-sql -- sh -c '${pack}'`;
    await run("sh", ["-c", `${packed} | tar --extract --directory ${tool.#folder}`], {
      env: await platformEnvironment(),
    });
    return tool;
  }

  /** Asks PostgreSQL by its driver, in the schema of a way. */
  postgres(address: string, login: Login, statement: string): Promise<string[]> {
    const authority = this.#file("postgres.crt", login["ca.crt"]);
    const options = `sslmode=verify-full&sslrootcert=${authority}&currentSchema=etl`;
    const url = `jdbc:postgresql://${address}/${login["database"]}?${options}`;
    return this.#ask("org.postgresql.Driver", url, login, statement);
  }

  /** Asks the Spark SQL endpoint by Hive's driver. */
  async spark(address: string, login: Login, statement: string): Promise<string[]> {
    const store = join(this.#folder, "trust.p12");
    rmSync(store, { force: true });
    const authority = this.#file("spark.crt", login["ca.crt"]);
    const trust = ["-importcert", "-noprompt", "-alias", "platform", "-file", authority, "-keystore", store];
    await run("keytool", [...trust, "-storepass", "changeit"]);
    const url = `jdbc:hive2://${address}/lake;ssl=true;sslTrustStore=${store};trustStorePassword=changeit`;
    return this.#ask("org.apache.hive.jdbc.HiveDriver", url, login, statement);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async #ask(driver: string, url: string, login: Login, statement: string): Promise<string[]> {
    const beeline = ["-cp", join(this.#folder, "*"), "org.apache.hive.beeline.BeeLine", "-d", driver, "-u", url];
    const who = ["-n", login["username"] ?? "", "-w", this.#file("password", `${login["password"]}\n`)];
    const asked = [
      "--silent=true",
      "--showHeader=false",
      "--outputformat=csv2",
      "-e",
      statement.replaceAll(/\s+/g, " "),
    ];
    const { code, stdout, stderr } = await attempt("java", [...beeline, ...who, ...asked]);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    // The first row stands behind beeline's prompt.
    const lines = stdout.split("\n").map((line) => line.replace(/^0: jdbc:.*?> /, ""));
    return lines.filter((line) => /^[\w-]+(,[\w-]+)*$/.test(line));
  }

  #file(name: string, text = ""): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}
