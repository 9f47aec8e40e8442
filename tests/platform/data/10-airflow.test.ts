import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import {
  type Airflow,
  dagsBucket,
  deleteTester,
  inPart,
  makeTester,
  NAMESPACE,
  openAirflow,
  pushDags,
  tokenFor,
} from "../../support/airflow";
import { eventually, get, kubectl, script } from "../../support/cli";
import { sql } from "../../support/sql";

/** Seconds within which a DAG that was pushed has its first run. */
const SCHEDULED_SECONDS = 60;

/** File of the dag-processor that a callback leaves. */
const TOLD = "/tmp/fails-has-failed";

const DAGS = {
  "arrives.py": `
from airflow.sdk import dag, task
from helpers.words import GREETING

@dag(schedule="@once", catchup=False)
def arrives():
    @task(pool="warehouse")
    def greet():
        print(GREETING)

    greet()

arrives()
`,
  "helpers/words.py": 'GREETING = "a task has run"\n',
  "waits.py": `
import time
from airflow.sdk import dag, task

@dag(schedule=None, catchup=False)
def waits():
    @task(retries=0)
    def wait():
        for second in range(30):
            print("second", second, flush=True)
            time.sleep(1)

    wait()

waits()
`,
  "fails.py": `
from pathlib import Path

from airflow.sdk import dag, task

def tell(context):
    Path("${TOLD}").touch()

@dag(schedule=None, catchup=False, on_failure_callback=tell)
def fails():
    @task(retries=0)
    def fail():
        raise RuntimeError("as it should")

    fail()

fails()
`,
};

const BROKEN = {
  ...DAGS,
  "missing.py": "from airflow.sdk import dag\n\nimport nothing_of_this_name\n",
  "cycle.py": `
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator

with DAG("cycle"):
    first = EmptyOperator(task_id="first")
    second = EmptyOperator(task_id="second")
    first >> second >> first
`,
  "unknown.py": `
from airflow.sdk import DAG
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

with DAG("unknown"):
    SQLExecuteQueryOperator(
        task_id="query",
        sql="SELECT 1",
        conn_id="wharehouse",
        pool="nowhere",
        queue="sprak",
    )
`,
};

describe("Airflow", () => {
  let airflow: Airflow;
  let user = "";
  let token = "";
  before(async () => {
    airflow = await openAirflow();
    user = await makeTester();
    token = await tokenFor(user);
  });
  after(async () => {
    airflow.close();
    await deleteTester();
    await script("dags", "push");
  });

  /** The one task of a run, once it is in a state. */
  const taskIn = (dag: string, run: string, state: string, seconds: number) =>
    eventually(`${dag} ${state}`, seconds, async () => {
      const { body } = await airflow.call("GET", `/api/v2/dags/${dag}/dagRuns/${run}/taskInstances`, token);
      const [task] = body.task_instances;
      assert.notEqual(task?.state, "failed");
      return task?.state === state ? task : undefined;
    });
  const logOf = async (dag: string, run: string, task: string, attempt: number) => {
    const path = `/api/v2/dags/${dag}/dagRuns/${run}/taskInstances/${task}/logs/${attempt}`;
    return JSON.stringify((await airflow.call("GET", path, token)).body);
  };

  it("has all its parts healthy", () =>
    // platform/begin has had PostgreSQL killed, and each part says how it is by its last heartbeat.
    eventually("healthy parts", 180, async () => {
      const { body } = await airflow.call("GET", "/api/v2/monitor/health");
      for (const part of ["metadatabase", "scheduler", "triggerer", "dag_processor"])
        assert.equal(body[part].status, "healthy", part);
      return true;
    }));

  it("answers nobody without a token that counts", async () => {
    const ask = async (given?: string) => (await airflow.call("GET", "/api/v2/dags", given)).status;
    assert.equal(await ask(token), 200);
    assert.equal(await ask(), 401, "anonymous");
    assert.ok([401, 403].includes(await ask("nonsense")), "no token at all");
    for (const [what, changes] of Object.entries({
      expired: { seconds: -60 },
      "signed with another key": { key: "x".repeat(64) },
      "for somebody else": { audience: "airflow:other" },
    }))
      assert.ok([401, 403].includes(await ask(await tokenFor(user, changes))), what);
  });

  it("lets no task in without its own token", async () => {
    const path = "/execution/task-instances/00000000-0000-7000-8000-000000000000/heartbeat";
    const body = { hostname: "nobody", pid: 1 };
    for (const given of [undefined, "nonsense", token]) {
      const { status } = await airflow.call("PUT", path, given, body);
      assert.ok([401, 403].includes(status), String(status));
    }
  });

  it("lets nobody into Flower without its password", async () => {
    const ask = "import urllib.request as r, sys\ntry: print(r.urlopen('http://localhost:5555/workers').status)\n";
    const refused = "except r.HTTPError as error: print(error.code)";
    assert.equal((await inPart("deploy/airflow-flower", "python3", "-c", ask + refused)).trim(), "401");
  });

  it("runs a pushed DAG within a minute, on a worker of Celery", async () => {
    const { code, stdout, stderr } = await pushDags(DAGS);
    assert.equal(code, 0, stdout + stderr);
    const pushed = Date.now();
    const run = await eventually("a run", SCHEDULED_SECONDS, async () => {
      const { body } = await airflow.call("GET", "/api/v2/dags/arrives/dagRuns", token);
      return body.dag_runs?.[0];
    });
    assert.ok(Date.now() - pushed < SCHEDULED_SECONDS * 1000);
    const task = await taskIn("arrives", run.dag_run_id, "success", 60);
    assert.equal(task.try_number, 1);
    assert.match(task.hostname, /^airflow-worker-default-\d+\./);
    assert.match(run.bundle_version ?? "", /^files-/);
  });

  it("keeps the log of a task in the object store, and shows it", async () => {
    const { body } = await airflow.call("GET", "/api/v2/dags/arrives/dagRuns", token);
    const log = await eventually("the log in the store", 30, async () => {
      const text = await logOf("arrives", body.dag_runs[0].dag_run_id, "greet", 1);
      return /s3:\/\/airflow-logs\//.test(text) ? text : undefined;
    });
    assert.match(log, /a task has run/);
  });

  it("tells what it does to whoever fetches metrics", () =>
    eventually("figures of every part", 90, async () => {
      const page = `/api/v1/namespaces/${NAMESPACE}/services/airflow-metrics:http/proxy/metrics`;
      const text = await kubectl("get", "--raw", page);
      const told = ["scheduler_heartbeat", "ti_finish", "dag_processing_total_parse_time", "triggerer_heartbeat"];
      return told.every((name) => text.includes(`airflow_${name}`)) ? true : undefined;
    }));

  it("lets a worker that goes end what runs", async () => {
    // The DAGs of a release are read one file after the other.
    const body = await eventually("a run", SCHEDULED_SECONDS, async () => {
      const answer = await airflow.call("POST", "/api/v2/dags/waits/dagRuns", token, { logical_date: null });
      return answer.status === 200 ? answer.body : undefined;
    });
    const running = await taskIn("waits", body.dag_run_id, "running", 60);
    const pod = running.hostname.split(".")[0];
    const { metadata } = await get<{ metadata: { uid: string } }>("pod", pod, "-n", NAMESPACE);
    await eventually("its log while it runs", 20, async () =>
      (await logOf("waits", body.dag_run_id, "wait", 1)).includes("second") ? true : undefined,
    );
    await kubectl("delete", "pod", pod, "-n", NAMESPACE, "--wait=false");
    const ended = await taskIn("waits", body.dag_run_id, "success", 90);
    assert.equal(ended.try_number, 1);
    assert.equal(ended.hostname, running.hostname);
    // It goes to the object store after the task has said that it is done.
    await eventually("its whole log", 30, async () => {
      assert.match(await logOf("waits", body.dag_run_id, "wait", 1), /second 29/);
      return true;
    });
    await eventually("another worker in its place", 180, async () => {
      const now = await get<{ metadata: { uid: string }; status: { conditions: { type: string; status: string }[] } }>(
        ...["pod", pod, "-n", NAMESPACE],
      );
      const ready = now.status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
      return now.metadata.uid !== metadata.uid && ready ? true : undefined;
    });
  });

  it("reads a file no more often than it should after a callback of its DAG has run", async () => {
    await eventually("a run", SCHEDULED_SECONDS, async () => {
      const { status } = await airflow.call("POST", "/api/v2/dags/fails/dagRuns", token, { logical_date: null });
      return status === 200 ? true : undefined;
    });
    await eventually("the callback of a failed run", 90, () =>
      inPart("deploy/airflow-dag-processor", "ls", TOLD).catch(() => undefined),
    );
    const read = new Set<string>();
    for (let sample = 0; sample < 10; sample += 1) {
      read.add(await sql("airflow", "SELECT last_parsed_time FROM dag WHERE dag_id = 'fails'"));
      await pause(1_500);
    }
    assert.ok(read.size <= 2, `read at ${[...read].join(", ")}`);
  });

  it("leaves its roles as people changed them, when it starts again", async () => {
    // What makes the application makes what a start of the api-server does, too.
    const script = [
      "from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder",
      "for put_back in (False, True):",
      "    with get_application_builder() as builder:",
      "        user, permission = builder.sm.find_role('User'), builder.sm.get_permission('can_delete', 'DAGs')",
      "        if put_back:",
      "            print('there again:', permission in user.permissions)",
      "            builder.sm.add_permission_to_role(user, permission)",
      "        else:",
      "            assert permission in user.permissions",
      "            builder.sm.remove_permission_from_role(user, permission)",
    ];
    assert.match(await inPart("deploy/airflow-api-server", "python3", "-c", script.join("\n")), /there again: False/);
  });

  it("takes no module from a folder that it writes to", async () => {
    const ask = "import sys; print(sys.flags.safe_path)";
    assert.equal((await inPart("deploy/airflow-dag-processor", "python3", "-c", ask)).trim(), "True");
  });

  it("has workers that know neither the metadata database nor what tokens are signed with", async () => {
    const names = "import os; print('\\n'.join(os.environ))";
    const known = (await inPart("sts/airflow-worker-default", "python3", "-c", names)).split("\n");
    for (const name of ["SQL_ALCHEMY_CONN", "JWT_SECRET", "FERNET_KEY"])
      assert.ok(!known.some((each) => each.includes(name)), name);
  });

  it("refuses broken DAGs with file and line, and leaves the bucket as it is", async () => {
    const before = await dagsBucket();
    assert.match(before, /^platform\/current /m);
    const { code, stderr } = await pushDags(BROKEN);
    assert.equal(code, 1);
    for (const place of ["missing.py:3", "cycle.py:7", "unknown.py:9", "unknown.py:10", "unknown.py:11"])
      assert.ok(stderr.includes(`${place}: `), `${place} is not in:\n${stderr}`);
    assert.equal(await dagsBucket(), before);
  });

  it("lets only the key of a push write DAGs", async () => {
    const write = [
      "from platform_airflow.store import store",
      "from botocore.exceptions import ClientError",
      "try: print(store().put_object(Bucket='dags', Key='platform/current', Body=b'x'))",
      "except ClientError as error: print(error.response['Error']['Code'])",
    ].join("\n");
    for (const part of ["deploy/airflow-dag-processor", "sts/airflow-worker-default", "sts/airflow-triggerer"])
      assert.equal((await inPart(part, "python3", "-c", write)).trim(), "AccessDenied", part);
  });

  it("forgets what is too old, and nothing else", async () => {
    // Of DAGs that nothing starts meanwhile.
    const young = () => sql("airflow", "SELECT count(*) FROM dag_run WHERE dag_id IN ('arrives', 'waits')");
    const runs = await young();
    await sql("airflow", "INSERT INTO log (dttm, event) VALUES (now() - interval '2 years', 'too-old')");
    await kubectl("create", "job", "airflow-clean-test", "--from=cronjob/airflow-clean", "--namespace", NAMESPACE);
    try {
      const done = ["wait", "job/airflow-clean-test", "--for=condition=Complete", "--timeout=180s"];
      await kubectl(...done, "--namespace", NAMESPACE);
    } finally {
      await kubectl("delete", "job", "airflow-clean-test", "--namespace", NAMESPACE);
    }
    assert.equal(await sql("airflow", "SELECT count(*) FROM log WHERE event = 'too-old'"), "0");
    assert.equal(await young(), runs);
  });
});
