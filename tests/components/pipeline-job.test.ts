import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PipelineJob } from "../../components/pipeline-job";
import { type PipelineSpec, pipelineJobName, pipelinePod } from "../../components/pipeline-job/manifest";

const LOADER: PipelineSpec = {
  workload: "flights-loader",
  image: "localhost/platform/pipelines:1.0.0-0123456789ab",
  user: 1000,
  args: ["load"],
  kafkaSecret: "flights-loader-kafka",
  postgresSecret: "flights-loader-postgres",
  resources: { cpu: "250m", memory: "512Mi" },
  labels: { "platform.data/stack": "dev" },
};

const containerOf = (spec: PipelineSpec) => {
  const [container] = pipelinePod(spec).spec.containers;
  assert.ok(container !== undefined);
  return container;
};

describe("pod of a pipeline step", () => {
  it("has what the program asks for, each secret value by reference", () => {
    const { env } = containerOf(LOADER);
    assert.deepEqual(env.map(({ name }) => name).sort(), [
      ...["KAFKA_BOOTSTRAP", "KAFKA_CA", "KAFKA_PASSWORD", "KAFKA_USERNAME"],
      ...["PGDATABASE", "PGHOST", "PGPASSWORD", "PGPORT", "PGSSLMODE", "PGSSLROOTCERT", "PGUSER"],
    ]);
    for (const { name, valueFrom } of env.filter(({ name }) => /PASSWORD|USER/.test(name)))
      assert.ok(valueFrom !== undefined && "secretKeyRef" in valueFrom, name);
  });

  it("mounts the certificate authorities where the variables say, and no key or password", () => {
    const { volumes } = pipelinePod(LOADER).spec;
    const { env, volumeMounts } = containerOf(LOADER);
    for (const { secret } of volumes) assert.deepEqual(secret.items, [{ key: "ca.crt", path: "ca.crt" }]);
    const files = env.filter(({ name }) => /KAFKA_CA|PGSSLROOTCERT/.test(name)).map(({ value }) => value);
    assert.deepEqual(
      files,
      volumeMounts.map(({ mountPath }) => `${mountPath}/ca.crt`),
    );
  });

  it("knows nothing of PostgreSQL where the step does not use it", () => {
    const producer = { ...LOADER, postgresSecret: undefined };
    assert.ok(!JSON.stringify(pipelinePod(producer)).toLowerCase().includes("postgres"));
    assert.ok(!containerOf(producer).env.some(({ name }) => name.startsWith("PG")));
  });

  it("is found by the flows' selector and by the stack's label", () => {
    const { labels } = pipelinePod(LOADER).metadata;
    assert.equal(labels["app.kubernetes.io/name"], "flights-loader");
    assert.equal(labels["platform.data/stack"], "dev");
  });
});

describe("name of a pipeline's Job", () => {
  const nameOf = (spec: PipelineSpec) => pipelineJobName(spec.workload, pipelinePod(spec));

  it("stays while data and code do", () => {
    assert.equal(nameOf(LOADER), nameOf({ ...LOADER, args: ["load"] }));
    assert.match(nameOf(LOADER), /^flights-loader-[0-9a-f]{8}$/);
  });

  const others: Record<string, Partial<PipelineSpec>> = {
    image: { image: "localhost/platform/pipelines:1.0.0-ba9876543210" },
    arguments: { args: ["count"] },
    memory: { resources: { cpu: "250m", memory: "1Gi" } },
    "credentials' Secret": { kafkaSecret: "other" },
  };
  for (const [what, change] of Object.entries(others))
    it(`is another with another ${what}: a Job's pods cannot be changed`, () => {
      assert.notEqual(nameOf({ ...LOADER, ...change }), nameOf(LOADER));
    });

  it("leaves room for the suffix of its pods", () => {
    assert.ok(nameOf({ ...LOADER, workload: "w".repeat(63) }).length <= 57);
  });
});

describe("PipelineJob", () => {
  before(() =>
    pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
      call: ({ token }) => Promise.reject(new Error(`no answer for ${token}`)),
    }),
  );

  const ARGS = {
    namespace: "platform-pipelines",
    workload: "flights-loader",
    image: pulumi.output("pipelines:1"),
    user: 1000,
    args: ["load"],
    kafkaSecret: "kafka-flights-loader",
    postgresSecret: "postgres-warehouse",
  };

  it("runs the pod in a Job of its name that is never taken away by Kubernetes", async () => {
    const { job } = new PipelineJob("loader", ARGS);
    const { name, seconds } = await new Promise<{ name: string; seconds: number }>((resolve) => {
      pulumi
        .all([job.metadata.name, job.spec.ttlSecondsAfterFinished])
        .apply(([name, seconds]) => resolve({ name, seconds }));
    });
    assert.match(name, /^flights-loader-[0-9a-f]{8}$/);
    assert.equal(seconds, undefined);
  });

  it("says all that is wrong with its arguments at once", () => {
    const wrong = {
      ...ARGS,
      workload: "Flights Loader",
      user: 0,
      args: [],
      kafkaSecret: "",
      resources: { cpu: "x", memory: "y" },
    };
    assert.throws(
      () => new PipelineJob("wrong", wrong),
      ({ message }: Error) =>
        ["workload", "user", "args", "kafkaSecret", "cpu", "memory"].every((field) => message.includes(field)),
    );
  });
});
