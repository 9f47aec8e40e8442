import assert from "node:assert/strict";
import { AirflowCelery, type AirflowCeleryArgs } from "../../components/airflow-celery";
import { TYPES } from "../../components/types";
import type { Registration } from "../support/recorder";
import {
  assertField,
  assertNothingLeaks,
  assertWellFormed,
  type Recorded,
  recordComponent,
  refusals,
  secretData,
} from "./recorded";

const SIZE = { cpu: "100m", memory: "1Gi" };
const ARGS: AirflowCeleryArgs = {
  namespace: "platform-airflow",
  metricsImage: "localhost/platform/statsd-exporter:0",
  image: "localhost/platform/airflow:3.3.2-0123456789ab",
  secrets: {
    database: "metadata",
    results: "results",
    broker: { scheduler: "broker-scheduler", worker: "broker-worker", flower: "broker-flower" },
    store: {
      apiServer: "store-api",
      dagProcessor: "store-processor",
      triggerer: "store-triggerer",
      worker: "store-worker",
      push: "store-push",
    },
  },
  encryptionKey: "0123456789abcdefghijklmnopqrstuv",
  queues: {
    default: { concurrency: 4, minWorkers: 2, maxWorkers: 2, resources: SIZE },
    spark: { concurrency: 2, minWorkers: 1, maxWorkers: 1, resources: SIZE, account: "starter" },
  },
  pools: { warehouse: { slots: 8, why: "spares its readers" } },
  connections: {
    warehouse: { type: "postgres", secret: "warehouse" },
    lake: { type: "s3" },
  },
  variables: { greeting: "hello" },
  dagBundles: { platform: { bucket: "dags", prefix: "platform", refreshSeconds: 20 } },
  logBucket: "airflow-logs",
};

const build = (args: Partial<AirflowCeleryArgs> = {}) =>
  recordComponent((opts) => new AirflowCelery("airflow", { ...ARGS, ...args }, opts));

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

interface PodSpec {
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: object }[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly terminationGracePeriodSeconds?: number;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly topologySpreadConstraints?: readonly unknown[];
}

interface Container {
  readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: boolean }[];
  readonly args: readonly string[];
  readonly env: readonly {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef: { name: string; key: string } };
  }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly livenessProbe?: object;
}

/** Pods of every workload that is Airflow itself, by the resource's name without the component's. */
function pods({ all }: Recorded): ReadonlyMap<string, Pod> {
  return new Map(
    all.flatMap((each): [string, Pod][] => {
      const { spec, template } = each.inputs as { spec?: Record<string, unknown>; template?: Pod };
      const job = (spec?.["jobTemplate"] as { spec: { template: Pod } } | undefined)?.spec.template;
      const pod = template ?? job ?? (spec?.["template"] as Pod | undefined);
      return pod === undefined || each.name === "airflow-metrics" ? [] : [[each.name.replace(/^airflow-/, ""), pod]];
    }),
  );
}

const variable = (container: Container | undefined, name: string) =>
  container?.env.find((each) => each.name === name)?.value;
const containerOf = (recorded: Recorded, part: string) => pods(recorded).get(part)?.spec.containers[0];

/** Names of the Secrets that a container reads variables from. */
const readsFrom = (container: Container | undefined) =>
  new Set(container?.env.flatMap(({ valueFrom }) => (valueFrom === undefined ? [] : [valueFrom.secretKeyRef.name])));
const readsKey = (container: Container | undefined, key: string) =>
  container?.env.some(({ valueFrom }) => valueFrom?.secretKeyRef.key === key) === true;

describe("AirflowCelery", () => {
  let recorded: Recorded;
  before(async () => {
    recorded = await build();
  });

  it("is one tree on the given providers, and keeps its keys secret", () => {
    assertWellFormed(recorded, TYPES.airflowCelery, "airflow");
    assertNothingLeaks(recorded);
  });

  it("has every part of Airflow, with a StatefulSet for each queue", () => {
    assert.deepEqual(
      [...pods(recorded).keys()].sort(),
      [
        ...["api-server", "scheduler", "dag-processor", "flower", "triggerer"],
        ...["migrate", "setup", "clean", "push-platform", "run", "worker-default", "worker-spark"],
      ].sort(),
    );
  });

  it("makes keys of the right form", () => {
    const keys = secretData(recorded.find("kubernetes:core/v1:Secret", "-keys"));
    assert.deepEqual(Object.keys(keys).sort(), ["api-secret", "fernet-key", "flower-password", "jwt-secret"]);
    const fernet = keys["fernet-key"] ?? "";
    assert.match(fernet, /^[A-Za-z0-9_-]+=*$/);
    assert.equal(fernet.length % 4, 0, "Python takes no base64 without its padding");
  });

  it("runs every container restricted, with limits, as Airflow's own user", () => {
    for (const [name, { spec }] of pods(recorded)) {
      assert.equal(spec.securityContext["runAsUser"], 50_000, name);
      assert.equal(spec.securityContext["runAsGroup"], 0, name);
      for (const { securityContext, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
        assert.equal(securityContext["readOnlyRootFilesystem"], true, name);
        assert.ok("memory" in resources.limits && "cpu" in resources.requests, name);
      }
    }
  });

  it("probes every server", () => {
    for (const part of ["api-server", "scheduler", "dag-processor", "flower", "triggerer", "worker-default"])
      assert.ok(containerOf(recorded, part)?.livenessProbe, part);
  });

  it("gives workers neither the metadata database nor what tokens are signed with", () => {
    for (const part of ["worker-default", "worker-spark"]) {
      const container = containerOf(recorded, part);
      assert.ok(!readsFrom(container).has("metadata"), part);
      for (const key of ["jwt-secret", "fernet-key"]) assert.ok(!readsKey(container, key), `${part} ${key}`);
      assert.ok(readsKey(container, "api-secret"), part);
    }
  });

  it("tells only those who sign or check tokens what they are signed with", () => {
    const knowing = [...pods(recorded)].filter(([, { spec }]) => readsKey(spec.containers[0], "jwt-secret"));
    assert.deepEqual(knowing.map(([name]) => name).sort(), ["api-server", "scheduler"]);
  });

  it("gives each part its own login at the broker and its own key to the store, and no other's", () => {
    const expected: Readonly<Record<string, readonly string[]>> = {
      "api-server": ["store-api"],
      scheduler: ["broker-scheduler"],
      "dag-processor": ["store-processor"],
      triggerer: ["store-triggerer"],
      flower: ["broker-flower"],
      "worker-default": ["broker-worker", "store-worker"],
      "push-platform": ["store-push"],
      migrate: [],
    };
    for (const [part, secrets] of Object.entries(expected)) {
      const own = [...readsFrom(containerOf(recorded, part))].filter((name) => /^(store|broker)-/.test(name));
      assert.deepEqual(own.sort(), secrets, part);
    }
  });

  it("gives the connections of DAGs to whoever runs their code, and to nobody else", () => {
    for (const [name, { spec }] of pods(recorded)) {
      const ids = spec.containers[0]?.env.filter((each) => /^AIRFLOW_CONN_(WAREHOUSE|LAKE)$/.test(each.name));
      const runs = name === "triggerer" || name.startsWith("worker-");
      assert.equal(ids?.length, runs ? 2 : 0, name);
      for (const { value } of ids ?? []) assert.doesNotThrow(() => JSON.parse(value ?? ""), name);
    }
  });

  it("checks a release without any key before it is uploaded", () => {
    const check = pods(recorded).get("push-platform")?.spec.initContainers?.[0];
    assert.deepEqual([...readsFrom(check)], []);
  });

  it("lets what a release writes while it is checked reach nobody who has a key", () => {
    const { containers, initContainers = [], volumes } = pods(recorded).get("push-platform")?.spec ?? assert.fail();
    const written = (container: Container | undefined) =>
      container?.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name) ?? [];
    assert.deepEqual(written(containers[0]), ["home", "tmp"]);
    assert.deepEqual(written(initContainers[0]), ["check-home", "check-tmp"]);
    const empty = volumes.filter(({ emptyDir }) => emptyDir !== undefined).map(({ name }) => name);
    assert.deepEqual(empty, ["home", "tmp", "check-home", "check-tmp"]);
  });

  it("gives a token to the workers of a queue with an account, and to nobody else", () => {
    for (const [name, { spec }] of pods(recorded)) {
      const mine = name === "worker-spark";
      assert.equal(spec.serviceAccountName, mine ? "starter" : undefined, name);
      assert.equal(spec.automountServiceAccountToken, mine, name);
    }
    assert.equal(recorded.names("kubernetes:core/v1:ServiceAccount").length, 1);
  });

  it("lets a worker end what runs", () => {
    const pod = pods(recorded).get("worker-default");
    assert.equal(pod?.spec.terminationGracePeriodSeconds, 600);
    assert.equal(variable(pod?.spec.containers[0], "DUMB_INIT_SETSID"), "0");
  });

  it("checks certificates of databases and broker", () => {
    const container = containerOf(recorded, "scheduler");
    for (const name of ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CELERY__RESULT_BACKEND"])
      assert.match(variable(container, name) ?? "", /sslmode=verify-full&sslrootcert=\/etc\/airflow\/trust\//);
    assert.equal(variable(container, "AIRFLOW__CELERY__SSL_ACTIVE"), "True");
    assert.equal(variable(container, "AIRFLOW__CELERY__SSL_CACERT"), "/etc/airflow/trust/broker-scheduler/ca.crt");
  });

  it("makes the permissions of roles once, in the migration, and leaves them to people", () => {
    assert.match(
      containerOf(recorded, "migrate")?.args.at(-1) ?? "",
      /^airflow db migrate\nexec .*platform_airflow\.roles$/,
    );
    for (const part of ["migrate", "api-server"])
      assert.equal(variable(containerOf(recorded, part), "AIRFLOW__FAB__UPDATE_FAB_PERMS"), "False", part);
  });

  it("starts nothing before the tables are there", () => {
    const urn = `::airflow-migrate`;
    const servers = recorded.all.filter(
      ({ type, name }) => /:(Deployment|StatefulSet|CronJob)$/.test(type) && name !== "airflow-metrics",
    );
    assert.ok(servers.length > 5);
    for (const { name, dependsOn } of servers)
      assert.ok(
        dependsOn.some((each) => each.endsWith(urn)),
        name,
      );
  });

  it("is told by every server where its metrics go", () => {
    for (const part of ["api-server", "scheduler", "dag-processor", "triggerer", "worker-default"])
      assert.equal(variable(containerOf(recorded, part), "AIRFLOW__METRICS__STATSD_HOST"), "airflow-metrics", part);
  });

  it("spreads what runs more than once, and keeps one of it through a disruption", () => {
    const disruptions = recorded.names("kubernetes:policy/v1:PodDisruptionBudget");
    assert.deepEqual(disruptions, ["airflow-worker-default"]);
    assert.equal(pods(recorded).get("worker-default")?.spec.topologySpreadConstraints?.length, 1);
  });

  it("is for the gateway's address and believes its headers only behind one", async () => {
    assert.equal(variable(containerOf(recorded, "api-server"), "AIRFLOW__FAB__ENABLE_PROXY_FIX"), undefined);
    const behind = await build({ url: "https://airflow.example.com", login: { secret: "login" } });
    const container = containerOf(behind, "api-server");
    assert.equal(variable(container, "AIRFLOW__API__BASE_URL"), "https://airflow.example.com");
    assert.equal(variable(container, "AIRFLOW__FAB__ENABLE_PROXY_FIX"), "True");
    assert.equal(variable(container, "PLATFORM_LOGIN"), "/etc/airflow/login");
    assert.equal(
      variable(container, "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"),
      variable(containerOf(recorded, "api-server"), "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"),
    );
  });

  it("changes nothing but what a variable is about when one changes", async () => {
    const changed = await build({ variables: { greeting: "good day" } });
    const others = (each: Recorded) => each.all.map(open).filter(({ name }) => !/-(definition|setup)$/.test(name));
    assert.deepEqual(others(changed), others(recorded));
    const jobName = (each: Recorded) => open(each.find("kubernetes:batch/v1:Job", "-setup")).inputs;
    assert.notDeepEqual(jobName(changed), jobName(recorded));
  });

  describe("with KEDA", () => {
    const queues = { default: { concurrency: 4, minWorkers: 1, maxWorkers: 3, resources: SIZE } };
    const replicasOf = (each: Recorded) =>
      (each.find("kubernetes:apps/v1:StatefulSet", "-worker-default").inputs["spec"] as { replicas?: number }).replicas;

    it("leaves the number of workers to what counts their tasks", async () => {
      const scaling = { secret: "counter-login", role: "counter", after: [] };
      const scaled = await build({ queues, scaling });
      assertNothingLeaks(scaled);
      assert.equal(replicasOf(scaled), undefined);
      const { spec } = scaled.find("kubernetes:keda.sh/v1alpha1:ScaledObject", "-scaling").inputs as {
        spec: { minReplicaCount: number; maxReplicaCount: number; triggers: { authenticationRef: { name: string } }[] };
      };
      assert.deepEqual([spec.minReplicaCount, spec.maxReplicaCount], [1, 3]);
      assert.equal(spec.triggers[0]?.authenticationRef.name, "airflow-scaling");
      const wish = scaled.find("kubernetes:core/v1:ConfigMap", "-definition").inputs["data"] as Record<string, string>;
      assert.equal(JSON.parse(wish["wish.json"] ?? "").counter, "counter");
    });

    it("is missed: the least number of workers stays", async () =>
      assert.equal(replicasOf(await build({ queues })), 1));
  });

  const wrong: [string, Partial<AirflowCeleryArgs>][] = [
    ["queues", { queues: { spark: { concurrency: 1, minWorkers: 1, maxWorkers: 1, resources: SIZE } } }],
    [
      "queues.default.concurrency",
      { queues: { default: { concurrency: 0, minWorkers: 1, maxWorkers: 1, resources: SIZE } } },
    ],
    [
      "queues.default.minWorkers",
      { queues: { default: { concurrency: 1, minWorkers: 0, maxWorkers: 1, resources: SIZE } } },
    ],
    ["scheduler.replicas", { scheduler: { replicas: 0, resources: SIZE } }],
    ["flower.memory", { flower: { cpu: "100m", memory: "512MB" } }],
    ["connections.my-lake", { connections: { "my-lake": { type: "s3" } } }],
    ["connections.airflow_logs", { connections: { airflow_logs: { type: "s3" } } }],
    ["pools.warehouse.slots", { pools: { warehouse: { slots: 0, why: "none" } } }],
    [
      "dagBundles.platform.refreshSeconds",
      { dagBundles: { platform: { bucket: "dags", prefix: "platform", refreshSeconds: 0.5 } } },
    ],
    ["history", { history: "for ever" }],
  ];
  for (const [field, args] of wrong)
    it(`refuses a wrong ${field}`, async () => {
      const lines = await refusals((opts) => new AirflowCelery("airflow", { ...ARGS, ...args }, opts));
      assertField(lines, field);
    });
});

const open = ({ name, type, inputs }: Registration) => ({ name, type, inputs });
