import assert from "node:assert/strict";
import { NAMESPACE } from "../../support/airflow";
import { eventually, kubectl } from "../../support/cli";
import { counts } from "../../support/counts";
import { flightsTruth } from "../../support/flights-truth";
import { sql } from "../../support/sql";

const WORKER = "sts/airflow-worker-default";

/** The latest run of a DAG, as Airflow's database has it. */
const stateOf = (dag: string) =>
  sql("airflow", `SELECT state FROM dag_run WHERE dag_id = '${dag}' ORDER BY id DESC LIMIT 1`);

/** Objects of the lake under a prefix, as a worker's own key shows them. */
function lake(prefix: string): Promise<string> {
  const script = [
    "from platform_airflow.store import store",
    `for each in store().list_objects_v2(Bucket='lake', Prefix='${prefix}').get('Contents', []): print(each['Key'])`,
  ];
  return kubectl("exec", "--namespace", NAMESPACE, WORKER, "--", "python3", "-c", script.join("\n"));
}

describe("the data ways", () => {
  it("have both brought all flights through Airflow, as the CSV file has them", async () => {
    for (const dag of ["flights_etl", "flights_elt"]) assert.equal(await stateOf(dag), "success", dag);
    const { rows, checksum } = flightsTruth();
    assert.deepEqual((await counts()).ways, { etl: { rows, checksum }, elt: { rows, checksum } });
  });

  it("are compared, flight by flight, once both have run", () =>
    eventually("the comparison", 180, async () =>
      (await stateOf("flights_compare")) === "success" ? true : undefined,
    ));

  it("begin where something arrives in the lake", async () => {
    const key = `hello-${Date.now()}.txt`;
    const put = `from platform_airflow.store import store; store().put_object(Bucket='lake', Key='incoming/${key}', Body=b'hello')`;
    await kubectl("exec", "--namespace", NAMESPACE, WORKER, "--", "python3", "-c", put);
    // Under a folder for its content, here MD5, so that another of its name lies beside it.
    const arrived = `arrived/5d41402abc4b2a76b9719d911017c592/${key}`;
    await eventually("what arrived, where the DAG takes it", 90, async () =>
      (await lake("arrived/")).split("\n").includes(arrived) ? true : undefined,
    );
    await eventually("what arrived, taken away", 10, async () =>
      (await lake("incoming/")).includes(key) ? undefined : true,
    );
  });
});
