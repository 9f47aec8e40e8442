import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { paths } from "../../../scripts/lib/paths";
import { python } from "../../support/access/ask";
import { eventually, get, type KubernetesList, kubectl, tool } from "../../support/cli";
import { flightsTruth } from "../../support/flights-truth";
import { HIVE_CLIENT } from "../../support/hive-client";
import { JOBS, jobEnded, SERVERS, startJob, warehouse } from "../../support/spark";
import { openSql, passwordOf, type SqlClient } from "../../support/spark-sql";

/** Seconds until the History Server has read a log that was just closed. */
const HISTORY_SECONDS = 90;

const truth = flightsTruth();

/** What a way has brought into the warehouse, in the words of truth.json. */
async function broughtBy(way: string) {
  const counts = await warehouse(
    `SELECT count(*), count(DISTINCT carrier), count(*) FILTER (WHERE dep_time IS NULL) FROM ${way}.flights`,
  );
  const [rows, carriers, withoutDeparture] = counts.split("|").map(Number);
  const origins = JSON.parse(
    await warehouse(
      `SELECT json_object_agg(origin, n) FROM (SELECT origin, count(*) n FROM ${way}.flights GROUP BY 1) AS o`,
    ),
  );
  return { rows, carriers, withoutDeparture, origins, checksum: await checksumOf(way) };
}

/** As pipelines/README.md says: the lines of the CSV file, ordered. */
async function checksumOf(way: string): Promise<string> {
  const columns = `year, month, day, dep_time, sched_dep_time, dep_delay, arr_time, sched_arr_time, arr_delay, carrier, flight,
    tailnum, origin, dest, air_time, distance, hour, minute, to_char(time_hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  const ordered = `SELECT ${columns} FROM ${way}.flights ORDER BY time_hour, carrier COLLATE "C", flight`;
  const text = await warehouse(`COPY (${ordered}) TO STDOUT (FORMAT csv, NULL 'NA')`);
  return createHash("sha256").update(`${text}\n`).digest("hex");
}

/** Runs Python in the one pod of a server; answers what it prints. */
const inServer = (server: string, code: string) =>
  kubectl("exec", "-n", SERVERS, `deployment/${server}`, "--", "python3", "-c", code);

describe("Spark", () => {
  it("has brought all flights into the star schema, as the CSV file has them", async () => {
    const { rows, carriers, origins, withoutDeparture, checksum } = truth;
    assert.deepEqual(await broughtBy("etl"), { rows, carriers, withoutDeparture, origins, checksum });
  });

  it("keeps the history of what has run", () =>
    eventually("a job that has ended, in the history", HISTORY_SECONDS, async () => {
      const url = "http://localhost:18080/api/v1/applications?status=completed";
      const answer = await inServer(
        "spark-history",
        `import urllib.request; print(urllib.request.urlopen("${url}").read().decode())`,
      );
      return JSON.parse(answer).some(({ name }: { name: string }) => name === "flights-etl-batch") ? true : undefined;
    }));

  it("starts from the archive of its classes", async () => {
    const maps = await inServer("spark-history", 'print(open("/proc/1/maps").read())');
    assert.match(maps, /\/opt\/spark\/classes\.jsa/);
  });

  it("has a star: dimensions without a gap, whatever is unknown named as such", async () => {
    assert.equal(await warehouse("SELECT count(*) FROM etl.dim_date"), "365");
    assert.equal(await warehouse("SELECT count(*) FROM etl.dim_carrier WHERE name IS NULL"), "0");
    // Puerto Rico's, which the list of the mainland's airports lacks.
    const unknown = "SELECT string_agg(airport, ' ' ORDER BY airport) FROM etl.dim_airport WHERE name IS NULL";
    assert.equal(await warehouse(unknown), "BQN PSE SJU STT");
  });

  it("gets nothing from the object store with a wrong key", async () => {
    const right = /"platform\.spark\.StoreKey"/g;
    const wrong = [
      '"org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider"',
      '"spark.hadoop.fs.s3a.access.key":"wrong"',
      '"spark.hadoop.fs.s3a.secret.key":"wrong"',
    ].join();
    await startJob("flights-etl", "test-wrong-key", (spec) => {
      assert.match(spec, right);
      return spec.replace(right, wrong);
    });
    const { state, log } = await jobEnded("test-wrong-key", 180);
    assert.equal(state, "FAILED");
    assert.match(log, /403|Forbidden|AccessDenied|SignatureDoesNotMatch/);
  });

  it("lets drivers manage pods of their own namespace, and read no Secret anywhere", async () => {
    const may = async (verb: string, what: string, namespace: string, account: string) => {
      const who = `system:serviceaccount:${JOBS}:${account}`;
      const args = ["auth", "can-i", verb, what, "--as", who, "-n", namespace, "--kubeconfig", paths.kubeconfig];
      return (await tool("kubectl", args)).stdout.trim();
    };
    assert.equal(await may("create", "pods", JOBS, "spark-driver"), "yes");
    assert.equal(await may("create", "pods", SERVERS, "spark-driver"), "no");
    assert.equal(await may("get", "secrets", JOBS, "spark-driver"), "no");
    assert.equal(await may("get", "pods", JOBS, "spark-executor"), "no");
  });

  it("leaves no pod of a job behind", () =>
    eventually("an empty namespace", 60, async () => {
      const { items } = await get<KubernetesList>("pods", "-n", JOBS);
      return items.length === 0 ? true : undefined;
    }));
});

describe("Spark SQL", () => {
  let password = "";
  let sql: SqlClient;
  before(async () => {
    sql = await openSql();
    password = await passwordOf("bi");
  });

  it("answers who logs in, over TLS", async () => {
    const { code, text } = await sql("SELECT 6 * 7 AS answer; SHOW DATABASES", password);
    assert.equal(code, 0, text);
    assert.match(text, /^42$/m);
    assert.match(text, /^lake$/m);
  });

  it("refuses a wrong password", async () => {
    const { code, text } = await sql("SELECT 1", "wrong");
    assert.notEqual(code, 0);
    assert.match(text, /wrong user or password|Peer indicated failure|Error validating/i);
  });

  const SERVER = { namespace: SERVERS, target: "deployment/spark-sql" };
  const said = (rest: string) => python(SERVER, ...HIVE_CLIENT, `session('bi', '${password}', ${rest})`);

  for (const [what, statement] of [
    ["to make a table", "CREATE TABLE lake.t AS SELECT 1"],
    ["to read the server's files", "SELECT * FROM text.`file:///etc/passwd`"],
    ["to read them by a view", "CREATE TEMPORARY VIEW v USING text OPTIONS (path 'file:///etc/passwd')"],
    ["to write files", "INSERT OVERWRITE DIRECTORY 's3a://lake/tables/x' USING parquet SELECT 1"],
    ["to run programs", "SELECT TRANSFORM(a) USING 'id' AS (b STRING) FROM VALUES (1) AS t(a)"],
    ["to call methods", "SELECT reflect('java.lang.System', 'getenv', 'AWS_SECRET_ACCESS_KEY')"],
    ["to lift a limit", "SET spark.sql.thriftServer.queryTimeout=0"],
    ["to tell a variable of its environment", `SELECT '\${env:AWS_REGION}'`],
    ["to tell a property of its virtual machine", `SELECT '\${system:user.home}'`],
  ] as const)
    it(`refuses ${what}`, async () => {
      assert.match(await said(`statement=${JSON.stringify(statement)}`), /^This endpoint does not allow/);
    });

  for (const [what, setting, value] of [
    ["to lift a limit as one connects", "set:hiveconf:spark.sql.thriftServer.queryTimeout", "0"],
    ["to take variables", "set:hivevar:x", `\${env:AWS_REGION}`],
  ] as const)
    it(`refuses ${what}`, async () => {
      const session = `statement='SELECT 1', **${JSON.stringify({ [setting]: value })}`;
      assert.match(await said(session), /^This endpoint does not allow/);
    });

  it("refuses to change a property of its virtual machine, which is everybody's", async () => {
    const refusal = "This endpoint does not allow changing the server's properties: platform.test.";
    assert.equal(await said("**{'set:system:platform.test': 'x'}"), refusal);
  });

  it("opens no metastore of a client's choice", async () => {
    const settings = { "javax.jdo.option.ConnectionURL": "jdbc:derby:/tmp/test;create=true", "set:metaconf:x": "y" };
    assert.equal(await said(`**${JSON.stringify(settings)}`), "refused");
  });

  it("takes settings of Hive, which clients send by themselves", async () => {
    const { code, text } = await sql("SELECT 6 * 7 AS answer", password, ["--hiveconf", "hive.exec.parallel=true"]);
    assert.equal(code, 0, text);
    assert.match(text, /^42$/m);
  });

  it("does not have the object store's key in its environment", async () => {
    const names = await inServer(
      "spark-sql",
      'print([line.split(b"=")[0] for line in open("/proc/1/environ", "rb").read().split(b"\\0")])',
    );
    assert.match(names, /AWS_REGION/);
    assert.doesNotMatch(names, /KEY/);
  });
});
