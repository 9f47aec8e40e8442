import assert from "node:assert/strict";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { NAMESPACE as AIRFLOW } from "../support/airflow";
import { ended, eventually, get, type KubernetesList, start } from "../support/cli";
import { counts } from "../support/counts";
import { DocumentDoor, secretOf } from "../support/documents";
import { flightsTruth } from "../support/flights-truth";
import { killContainer } from "../support/kill-container";
import { JOBS, warehouse } from "../support/spark";

const DATA = "platform-data";

/** What dies in the middle of a way: the container of the pods that the labels select. */
const VICTIMS = [
  { what: "the Spark driver", namespace: JOBS, labels: "spark-role=driver", container: "spark-kubernetes-driver" },
  { what: "an executor", namespace: JOBS, labels: "spark-role=executor", container: "spark-kubernetes-executor" },
  { what: "the Kafka broker", namespace: DATA, labels: "app.kubernetes.io/name=kafka", container: "kafka" },
  {
    what: "the worker of Airflow",
    namespace: AIRFLOW,
    labels: "app.kubernetes.io/instance=airflow-worker-spark",
    container: "airflow",
  },
  {
    what: "the scheduler",
    namespace: AIRFLOW,
    labels: "app.kubernetes.io/name=airflow-scheduler",
    container: "airflow",
  },
  { what: "Valkey", namespace: DATA, labels: "app.kubernetes.io/name=valkey", container: "valkey" },
] as const;

const WAYS = { etl: "flights_etl", elt: "flights_elt" } as const;

/** Seconds in which a run must be through, whoever dies: a worker is missed after five minutes, and its task begun again. */
const RUN_SECONDS = 1500;

/** Seconds that an executor has been at work when somebody dies. */
const AT_WORK_SECONDS = 5;

/** As before the first run of a way. */
async function forget(way: keyof typeof WAYS): Promise<void> {
  await warehouse(`DROP SCHEMA IF EXISTS ${way}, ${way}_intake CASCADE`);
  if (way === "etl") return;
  const secret = await secretOf(JOBS, "mongodb-flights-spark-job");
  const door = await DocumentDoor.open(secret["ca.crt"] ?? "");
  const login = { username: secret["username"] ?? "", password: secret["password"] ?? "", authSource: "flights" };
  await door.ask([login, { database: "flights", command: { drop: "flights" } }]);
  door.close();
}

const executorAtWork = () =>
  eventually("an executor at work", 300, async () => {
    const { items } = await get<KubernetesList>("pods", "-n", JOBS, "-l", "spark-role=executor");
    const since = items.map(({ status }) => Date.parse(String(status?.["startTime"])));
    const running = items.some(({ status }) => status?.["phase"] === "Running");
    return running && Math.min(...since) < Date.now() - AT_WORK_SECONDS * 1000 ? true : undefined;
  });

for (const [way, dag] of Object.entries(WAYS) as [keyof typeof WAYS, string][])
  describe(`kill -9 in the middle of ${way.toUpperCase()}`, () => {
    for (const { what, namespace, labels, container } of VICTIMS)
      it(`of ${what} loses and doubles nothing`, async () => {
        await forget(way);
        const run = await start(join(paths.root, "scripts", "dags"), ["run", dag]);
        await executorAtWork();
        await killContainer(namespace, labels, container);
        assert.equal(await ended(run), 0, run.output());
        const { rows, checksum } = flightsTruth();
        assert.deepEqual((await counts()).ways[way], { rows, checksum });
      }).timeout(RUN_SECONDS * 1000);
  });
