import assert from "node:assert/strict";
import { celeryScaledObject, Keda, type KedaArgs, postgresAuthentication, queueLengthSql } from "../../components/keda";
import { TYPES } from "../../components/types";
import { KEDA } from "./definitions";
import {
  assertField,
  assertNothingLeaks,
  assertWellFormed,
  type Recorded,
  recordComponent,
  refusals,
} from "./recorded";

const ARGS: KedaArgs = {
  namespace: "scaling",
  images: { operator: "operator:1", adapter: "adapter:1" },
  definitions: KEDA,
  scaled: { workers: "airflow" },
  authorities: { postgres: "authority of postgres" },
  gate: { image: "python:1", user: 1000 },
  labels: { "platform.data/stack": "test" },
};

const build = (args: KedaArgs) => recordComponent((opts) => new Keda("keda", args, opts));

describe("Keda", () => {
  let keda: Recorded;
  before(async () => {
    keda = await build(ARGS);
  });

  it("is well formed and shows no secret", () => {
    assertWellFormed(keda, TYPES.keda, "keda");
    assertNothingLeaks(keda);
  });

  it("acts in its own namespace and in those that are named, and reads Secrets in its own alone", () => {
    const roles = keda.all.filter(({ type }) => /rbac.*:(Cluster)?Role$/.test(type));
    const readers = roles.filter(({ inputs }) =>
      (inputs["rules"] as { resources: string[] }[]).some(({ resources }) => resources.includes("secrets")),
    );
    assert.deepEqual(
      readers.map(({ inputs }) => (inputs["metadata"] as { namespace: string }).namespace),
      ["scaling"],
    );
    const env = JSON.stringify(keda.find("kubernetes:apps/v1:Deployment", "-operator").inputs);
    assert.ok(env.includes('"value":"scaling,airflow"'));
    assert.ok(env.includes("KEDA_RESTRICT_SECRET_ACCESS"));
  });

  it("is trusted by the API server only by its own authority", () => {
    const { spec } = keda.find("kubernetes:apiregistration.k8s.io/v1:APIService", "-metrics-api").inputs as {
      spec: { caBundle: string; insecureSkipTLSVerify?: boolean };
    };
    assert.equal(Buffer.from(spec.caBundle, "base64").toString(), "certificate keda-ca\n");
    assert.equal(spec.insecureSkipTLSVerify, undefined);
  });

  it("opens its gate when it accepts a ScaledObject and serves metrics", () => {
    const gate = JSON.stringify(keda.find("kubernetes:batch/v1:Job", "-gate").inputs);
    assert.ok(gate.includes("scaledobjects") && gate.includes("/apis/external.metrics.k8s.io/v1beta1"));
  });

  const wrong: [string, Partial<KedaArgs>, string][] = [
    ["a definition missing", { definitions: KEDA.slice(1) }, "definitions"],
    ["a wrong size", { resources: { cpu: "1", memory: "1GB" } }, "resources.memory"],
  ];
  for (const [what, change, field] of wrong)
    it(`refuses ${what}`, async () =>
      assertField(await refusals((opts) => new Keda("keda", { ...ARGS, ...change }, opts)), field));
});

describe("scaling by a Celery queue", () => {
  const scaled = celeryScaledObject({
    name: "workers-default",
    namespace: "airflow",
    labels: {},
    target: "airflow-worker-default",
    queue: "default",
    concurrency: 8,
    minWorkers: 1,
    maxWorkers: 3,
    authentication: "airflow",
  });

  it("asks how many workers the tasks need, and takes a queue's name as it is", () => {
    const sql = queueLengthSql("o'clock", 8);
    assert.match(sql, /count\(\*\)::decimal \/ 8/);
    assert.match(sql, /'o''clock'$/);
  });

  it("stays between the least and the most, one worker going at a time", () => {
    const { minReplicaCount, maxReplicaCount, advanced, scaleTargetRef } = scaled.spec;
    assert.deepEqual([minReplicaCount, maxReplicaCount], [1, 3]);
    assert.equal(scaleTargetRef.kind, "StatefulSet");
    assert.equal(advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[0]?.value, 1);
  });

  it("logs in by a Secret that stays with KEDA, to a server that proves itself", () => {
    const login = postgresAuthentication("airflow", {}, "postgres-airflow");
    const [trigger] = scaled.spec.triggers;
    assert.deepEqual(trigger?.authenticationRef, { kind: login.kind, name: "airflow" });
    assert.equal(trigger?.metadata.sslmode, "verify-full");
    assert.ok(login.spec.secretTargetRef.every(({ name }) => name === "postgres-airflow"));
  });
});
