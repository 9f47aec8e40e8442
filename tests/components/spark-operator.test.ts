import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type SparkJob,
  SparkOperator,
  type SparkOperatorArgs,
  scheduledSparkApplication,
  sparkApplication,
} from "../../components/spark-operator";
import { TYPES } from "../../components/types";
import { SPARK_OPERATOR } from "./definitions";
import {
  assertField,
  assertNothingLeaks,
  assertWellFormed,
  type Recorded,
  recordComponent,
  refusals,
  secretData,
} from "./recorded";

const SIZE = { cpu: "250m", memory: "1Gi" };

const ARGS: SparkOperatorArgs = {
  namespace: "spark",
  image: "spark:1",
  definitions: SPARK_OPERATOR,
  jobNamespaces: { jobs: "jobs", reports: "reports" },
  submitters: { airflow: { namespace: "airflow", serviceAccount: "airflow-worker" } },
  history: {
    replicas: 2,
    resources: SIZE,
    eventBucket: "events",
    storeSecret: "store-history",
    url: "https://spark.x",
  },
  sql: { resources: SIZE, lakeBucket: "lake", storeSecret: "store-sql", users: ["bi", "auditor"] },
  labels: { "platform.data/stack": "test" },
};

const build = (args: SparkOperatorArgs) => recordComponent((opts) => new SparkOperator("spark", args, opts));

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

describe("SparkOperator", () => {
  let spark: Recorded;
  before(async () => {
    spark = await build(ARGS);
  });
  const deployment = (suffix: string) => spark.find("kubernetes:apps/v1:Deployment", suffix).inputs;

  it("is well formed and shows no secret", () => {
    assertWellFormed(spark, TYPES.sparkOperator, "spark");
    assertNothingLeaks(spark);
  });

  it("acts in the namespaces of the jobs and in no other", () => {
    const text = JSON.stringify(deployment("-operator"));
    assert.ok(text.includes("--namespaces=jobs,reports"));
    assert.deepEqual(spark.names("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"), []);
    const roles = spark.all.filter(({ type }) => type.endsWith(":Role"));
    const where = roles.map(({ inputs }) => (inputs["metadata"] as { namespace: string }).namespace);
    assert.deepEqual([...new Set(where)].sort(), ["jobs", "reports"]);
  });

  it("lets nobody read a Secret, and executors do nothing at all", () => {
    for (const { name, inputs } of spark.all.filter(({ type }) => type.endsWith(":Role")))
      for (const { resources } of inputs["rules"] as Rule[])
        assert.ok(!resources.includes("secrets") && !resources.includes("*"), name);
    const bindings = JSON.stringify(
      spark.all.filter(({ type }) => type.endsWith(":RoleBinding")).map(({ inputs }) => inputs),
    );
    assert.ok(bindings.includes("spark-driver") && !bindings.includes("spark-executor"));
  });

  it("lets drivers manage what belongs to their executors in their own namespace", () => {
    const { rules, metadata } = spark.find("kubernetes:rbac.authorization.k8s.io/v1:Role", "-driver-jobs").inputs as {
      rules: Rule[];
      metadata: { namespace: string };
    };
    assert.equal(metadata.namespace, "jobs");
    assert.deepEqual(
      rules.flatMap(({ resources }) => resources),
      ["pods", "configmaps", "services"],
    );
  });

  it("lets submitters start jobs and read their logs, but touch no pod", () => {
    const { rules } = spark.find("kubernetes:rbac.authorization.k8s.io/v1:Role", "-submitters-jobs").inputs as {
      rules: Rule[];
    };
    const pods = rules.filter(({ resources }) => resources.includes("pods"));
    assert.deepEqual(
      pods.flatMap(({ verbs }) => verbs),
      ["get", "list", "watch"],
    );
    assert.ok(
      rules.some(({ resources, verbs }) => resources.includes("sparkapplications") && verbs.includes("create")),
    );
  });

  it("gives each namespace a secret of its own between driver and executors", () => {
    const secrets = spark.all.filter(({ type, name }) => type.endsWith("v1:Secret") && name.startsWith("spark-rpc"));
    const values = secrets.map((secret) => secretData(secret)["secret"]);
    assert.equal(values.length, 2);
    assert.notEqual(values[0], values[1]);
  });

  it("reads the history over TLS with its own key, at its public address", () => {
    const text = JSON.stringify(deployment("-history"));
    assert.ok(text.includes("store-history") && !text.includes("store-sql"));
    const { data } = spark.find("kubernetes:core/v1:ConfigMap", "-history").inputs as { data: Record<string, string> };
    const file = Object.values(data).join();
    assert.match(file, /spark\.history\.fs\.logDirectory=s3a:\/\/events\//);
    assert.match(file, /spark\.ui\.proxyRedirectUri=https:\/\/spark\.x/);
    assert.equal(spark.names("kubernetes:policy/v1:PodDisruptionBudget").length, 1);
  });

  it("knows users of SQL by the hashes of their passwords alone", () => {
    const secret = (suffix: string) => secretData(spark.find("kubernetes:core/v1:Secret", suffix));
    const { password = "", username, host } = secret("-for-spark-sql-login-bi");
    assert.deepEqual([username, host], ["bi", "spark-sql.spark.svc"]);
    const { users = "" } = secret("-sql-users");
    assert.ok(users.includes(`bi=${createHash("sha256").update(password).digest("hex")}\n`));
    assert.match(users, /^auditor=[0-9a-f]{64}$/m);
    assert.ok(!users.includes(password));
  });

  it("lets SQL read below the tables of the lake alone", () => {
    const { data } = spark.find("kubernetes:core/v1:ConfigMap", "-sql").inputs as { data: Record<string, string> };
    const file = Object.values(data).join();
    assert.match(file, /spark\.sql\.extensions=platform\.spark\.ReadOnly/);
    assert.match(file, /spark\.platform\.sql\.root=s3a:\/\/lake\/tables\//);
  });

  it("puts no variables into what SQL says", () => {
    const { data } = spark.find("kubernetes:core/v1:ConfigMap", "-sql").inputs as { data: Record<string, string> };
    assert.match(Object.values(data).join(), /^spark\.sql\.variable\.substitute=false$/m);
  });

  for (const suffix of ["-sql", "-history"])
    it(`has the object store's key in files alone: ${suffix}`, () => {
      const text = JSON.stringify(deployment(suffix));
      const { data } = spark.find("kubernetes:core/v1:ConfigMap", suffix).inputs as { data: Record<string, string> };
      assert.match(Object.values(data).join(), /s3a\.aws\.credentials\.provider=platform\.spark\.StoreKey\n/);
      assert.ok(!/"(accessKey|secretKey)"|AWS_(ACCESS|SECRET)/.test(text));
      assert.ok(text.includes(`"secretName":"store${suffix}"`) && text.includes("/etc/platform/object-store"));
    });

  it("leaves the operator out where somebody else has installed it", async () => {
    const { definitions, ...rest } = ARGS;
    assert.ok(definitions !== undefined);
    const installed = await build(rest);
    assert.ok(!installed.all.some(({ type, name }) => type.endsWith(":Deployment") && name.endsWith("-operator")));
    assert.ok(!installed.all.some(({ type }) => type.endsWith(":CustomResourceDefinition")));
  });

  const wrong: [string, Partial<SparkOperatorArgs>, string][] = [
    ["a definition missing", { definitions: SPARK_OPERATOR.slice(1) }, "definitions"],
    ["no namespace for jobs", { jobNamespaces: {} }, "jobNamespaces"],
    ["a wrong size", { resources: { cpu: "1", memory: "1GB" } }, "resources.memory"],
    ["a user twice", { sql: { ...sqlOf(ARGS), users: ["bi", "bi"] } }, "sql.users"],
  ];
  for (const [what, change, field] of wrong)
    it(`refuses ${what}`, async () =>
      assertField(await refusals((opts) => new SparkOperator("spark", { ...ARGS, ...change }, opts)), field));
});

function sqlOf({ sql }: SparkOperatorArgs) {
  assert.ok(sql !== undefined);
  return sql;
}

describe("a job of Spark", () => {
  const JOB: SparkJob = {
    name: "job",
    namespace: "jobs",
    workload: "spark-job",
    image: "spark:1",
    sparkVersion: "4.0.4",
    file: "/opt/job.py",
    args: ["run"],
    driver: { cpu: "100m", memory: "1000Mi" },
    executors: { min: 1, max: 3, resources: { cpu: "1500m", cpuLimit: "2", memory: "1Gi" } },
    store: { secret: "store-job", eventBucket: "events" },
    secrets: { kafka: "kafka-job" },
    settings: { "spark.sql.shuffle.partitions": "4" },
    labels: { "platform.data/stack": "test" },
  };
  const { spec, metadata } = sparkApplication(JOB);
  const pods = [spec.driver.template.spec, spec.executor.template.spec];

  it("needs no webhook: pods are restricted by themselves", () => {
    for (const { securityContext, containers, volumes } of pods) {
      assert.equal(securityContext.runAsNonRoot, true);
      assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
      const [container] = containers;
      assert.deepEqual(container?.securityContext.capabilities, { drop: ["ALL"] });
      assert.equal(container?.securityContext.readOnlyRootFilesystem, true);
      // Every mount has its volume.
      const known = volumes.map(({ name }) => name);
      for (const { name } of container?.volumeMounts ?? []) assert.ok(known.includes(name), name);
    }
  });

  it("has the object store's key in files alone", () => {
    assert.equal(spec.sparkConf["spark.hadoop.platform.store.folder"], "/etc/platform/object-store");
    for (const pod of pods) {
      const text = JSON.stringify(pod);
      assert.ok(!/"(accessKey|secretKey)"|AWS_(ACCESS|SECRET)/.test(text));
      assert.ok(text.includes('"secretName":"store-job"') && text.includes("/etc/platform/object-store"));
    }
  });

  it("gives the driver alone a token", () => {
    assert.deepEqual(
      pods.map(({ automountServiceAccountToken }) => automountServiceAccountToken),
      [true, false],
    );
    assert.notEqual(spec.driver.serviceAccount, spec.executor.serviceAccount);
  });

  it("tells the secret between driver and executors to each as it looks for it, and nowhere else", () => {
    const [driver, executor] = pods.map((pod) => JSON.stringify(pod));
    assert.ok(driver?.includes("/etc/platform/rpc") && !driver.includes("_SPARK_AUTH_SECRET"));
    assert.ok(executor?.includes('"_SPARK_AUTH_SECRET","valueFrom":{"secretKeyRef":{"name":"spark-rpc"'));
    assert.equal(spec.sparkConf["spark.authenticate.secret.file"], "/etc/platform/rpc/secret");
    assert.equal(spec.sparkConf["spark.authenticate.secret"], undefined);
  });

  it("names its containers as Spark looks for them", () => {
    assert.deepEqual(
      pods.map(({ containers }) => containers[0]?.name),
      ["spark-kubernetes-driver", "spark-kubernetes-executor"],
    );
  });

  it("is what the policies select, under every name of its objects", () => {
    for (const { labels } of [metadata, spec.driver, spec.executor])
      assert.equal(labels["app.kubernetes.io/name"], "spark-job");
  });

  it("divides a container's memory and leaves none over", () => {
    assert.deepEqual([spec.driver.memory, spec.driver.memoryOverhead], ["600m", "400m"]);
    assert.deepEqual([spec.executor.memory, spec.executor.memoryOverhead], ["614m", "410m"]);
  });

  it("runs as many tasks as cores may be used", () => {
    assert.deepEqual([spec.driver.cores, spec.executor.cores], [1, 2]);
    assert.deepEqual([spec.executor.coreRequest, spec.executor.coreLimit], ["1500m", "2"]);
  });

  it("scales its executors where that is asked for", () => {
    assert.equal(spec.dynamicAllocation?.maxExecutors, 3);
    const fixed = sparkApplication({ ...JOB, executors: { ...JOB.executors, max: 1 } });
    assert.equal(fixed.spec.dynamicAllocation, undefined);
    assert.equal(fixed.spec.executor.instances, 1);
  });

  it("logs its events to the bucket, encrypts what passes between its pods, and takes further settings", () => {
    assert.equal(spec.sparkConf["spark.eventLog.dir"], "s3a://events/");
    assert.equal(spec.sparkConf["spark.authenticate"], "true");
    assert.equal(spec.sparkConf["spark.network.crypto.enabled"], "true");
    assert.equal(spec.sparkConf["spark.sql.shuffle.partitions"], "4");
  });

  it("finds the files of its Secrets and trusts their authorities", () => {
    const text = JSON.stringify(pods[0]);
    assert.ok(text.includes("/etc/platform/kafka"));
    assert.ok(text.includes('"path":"kafka.crt"') && text.includes('"path":"object-store.crt"'));
  });

  it("is the same by the clock, one at a time, or as a template", () => {
    const scheduled = scheduledSparkApplication(JOB, { cron: "0 3 * * *" });
    assert.deepEqual(scheduled.spec.template, spec);
    assert.deepEqual([scheduled.spec.concurrencyPolicy, scheduled.spec.suspend], ["Forbid", false]);
    assert.equal(scheduledSparkApplication(JOB, { cron: "@every 1h", suspended: true }).spec.suspend, true);
  });
});
