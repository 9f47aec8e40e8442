import assert from "node:assert/strict";
import { type Airflow, deleteTester, makeTester, NAMESPACE, openAirflow, pushDags, tokenFor } from "../support/airflow";
import { eventually, get, script } from "../support/cli";
import { devEnvironment } from "../support/dev-environment";

const environment = devEnvironment();
const WORKERS = "airflow-worker-default";
const { minWorkers = 0, maxWorkers = 0 } = environment.airflow.queues["default"] ?? {};

const TASKS = 40;
const DAGS = {
  "queues.py": `
import time
from airflow.sdk import dag, task

@dag(schedule=None, catchup=False, max_active_tasks=${TASKS})
def queues():
    @task(retries=0)
    def hold(number):
        time.sleep(10)

    hold.expand(number=list(range(${TASKS})))

queues()
`,
};

/** Seconds: KEDA asks every 5, the autoscaler every 15, and a worker takes 20 to start. */
const UP_SECONDS = 180;
const RUN_SECONDS = 480;
/** Seconds: one worker goes every 30, after it has ended its tasks. */
const DOWN_SECONDS = 240;

interface StatefulSet {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly replicas: number; readonly readyReplicas?: number };
}

const workers = () => get<StatefulSet>("statefulset", WORKERS, "-n", NAMESPACE);

describe("workers of Airflow", () => {
  let airflow: Airflow;
  let user = "";
  before(async () => {
    assert.ok(minWorkers < maxWorkers, "dev has nothing to scale: the test would prove nothing");
    airflow = await openAirflow();
    user = await makeTester();
  });
  after(async () => {
    airflow.close();
    await deleteTester();
    await script("dags", "push");
  });

  it(`become more for ${TASKS} queued tasks and fewer again, and none is killed at its work`, async () => {
    const { code, stdout, stderr } = await pushDags(DAGS);
    assert.equal(code, 0, stdout + stderr);
    const token = await tokenFor(user);
    const path = "/api/v2/dags/queues/dagRuns";
    const run = await eventually("a run", 90, async () => {
      const { status, body } = await airflow.call("POST", path, token, { logical_date: null });
      return status === 200 ? body : undefined;
    });
    await eventually(`${maxWorkers} workers`, UP_SECONDS, async () =>
      (await workers()).status.readyReplicas === maxWorkers ? true : undefined,
    );
    await eventually("the end of the run", RUN_SECONDS, async () => {
      const { body } = await airflow.call("GET", `${path}/${run.dag_run_id}`, token);
      return ["success", "failed"].includes(body.state) ? true : undefined;
    });
    const query = `${path}/${run.dag_run_id}/taskInstances?limit=${TASKS + 1}`;
    const tasks: { state: string; try_number: number; hostname: string }[] = (await airflow.call("GET", query, token))
      .body.task_instances;
    assert.equal(tasks.length, TASKS);
    for (const { state, try_number } of tasks) assert.deepEqual([state, try_number], ["success", 1]);
    const hosts = new Set(tasks.map(({ hostname }) => hostname.split(".")[0]));
    assert.equal(hosts.size, maxWorkers, [...hosts].join());
    await eventually(`${minWorkers} worker`, DOWN_SECONDS, async () => {
      const { spec, status } = await workers();
      return spec.replicas === minWorkers && status.replicas === minWorkers ? true : undefined;
    });
  });
});
