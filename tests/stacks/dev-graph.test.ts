import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { paths } from "../../scripts/lib/paths";
import { load } from "../../scripts/lib/typescript.cjs";
import type { program } from "../../stacks/main";
import type { Registration } from "../support/recorder";
import { recordStack } from "./recorded-stack";

const GOLDEN = join(paths.root, "tests", "stacks", "golden", "dev.json");

describe("the resource graph of the dev stack", () => {
  let graph: Registration[] = [];
  before(async () => {
    graph = await recordStack("dev");
  });

  it("is the one that was reviewed (GOLDEN=write npm test writes it anew)", () => {
    const text = `${JSON.stringify(graph.map(readable).sort(byName), null, 2)}\n`;
    if (process.env["GOLDEN"] === "write") writeFileSync(GOLDEN, text);
    assert.ok(existsSync(GOLDEN), `${GOLDEN} is missing`);
    assert.equal(text, readFileSync(GOLDEN, "utf8"));
  });

  it("is the same from the bundle that Pulumi starts, whose code is in one file and reads others", async () => {
    const bundle = load(join(paths.root, "stacks", "main.ts")) as { program: typeof program };
    const bundled = await recordStack("dev", {}, bundle.program);
    assert.deepEqual(bundled.map(readable), graph.map(readable));
  });

  it("has no two resources of one type and name", () => {
    const names = graph.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it("puts nothing on a default provider", () => {
    const lost = graph.filter(({ custom, type, provider }) => custom && !type.startsWith("pulumi:") && provider === "");
    assert.deepEqual(
      lost.map(({ name }) => name),
      [],
    );
  });

  it("labels every object with its stack", () => {
    const unlabelled = graph.filter(({ type, inputs }) => {
      if (!type.startsWith("kubernetes:")) return false;
      const metadata = inputs["metadata"] as { labels?: Record<string, string> } | undefined;
      return metadata?.labels?.["platform.data/stack"] !== "dev";
    });
    assert.deepEqual(
      unlabelled.map(({ name }) => name),
      [],
    );
  });

  it("has no Job that would stay in the way of one that is wished again", () => {
    const jobs = graph.filter(({ type }) => type === "kubernetes:batch/v1:Job");
    assert.ok(jobs.length >= 5);
    assert.deepEqual(
      jobs.filter(({ deleteBeforeReplace }) => !deleteBeforeReplace).map(({ name }) => name),
      [],
    );
  });

  it("has no Job that would be waited for again once it has failed", () => {
    const jobs = graph.filter(({ type }) => type === "kubernetes:batch/v1:Job");
    const marks = ({ inputs }: Registration) => (inputs["metadata"] as { annotations?: object }).annotations ?? {};
    assert.deepEqual(
      jobs.filter((job) => !("pulumi.com/replaceUnready" in marks(job))).map(({ name }) => name),
      [],
    );
  });

  it("protects nothing here, and every volume where it is asked to", async () => {
    assert.deepEqual(
      graph.filter(({ protect }) => protect).map(({ name }) => name),
      [],
    );
    const protectedGraph = await recordStack("dev", { "platform:protect": true });
    const names = protectedGraph.filter(({ protect }) => protect).map(({ name }) => name);
    for (const holder of ["kafka-brokers", "postgres-cluster", "valkey-servers", "object-store-store"])
      assert.ok(names.includes(holder), `${holder} is not protected`);
  });

  it("leaves out what is switched off", async () => {
    const services = {
      mongodb: false,
      keycloak: false,
      airflow: false,
      spark: false,
      keda: false,
      monitoring: false,
    };
    const without = await recordStack("dev", { "platform:services": { ...services, valkey: false } });
    assert.ok(graph.some(({ type }) => type === "platform:valkey:ValkeyBroker"));
    assert.ok(!without.some(({ type }) => type === "platform:valkey:ValkeyBroker"));
    const kept = without.map(({ name }) => name);
    for (const key of [
      "airflow-fernet-password",
      "keycloak-realm-setup-key",
      "keycloak-ada-password",
      "mongodb-admin-password",
    ])
      assert.ok(kept.includes(key), `${key} goes with its service, though the database that knows it stays`);
  });

  it("gives an object the same name with more services, or they could not be switched on later", async () => {
    const services = { mongodb: false, keycloak: false, airflow: false, spark: false, keda: false };
    const without = await recordStack("dev", { "platform:services": services });
    const names = new Map(graph.flatMap((one) => objectOf(one).map((object) => [object, one.name] as const)));
    const both = without.flatMap((one) => objectOf(one).map((object) => ({ object, name: one.name })));
    assert.ok(both.length > 50);
    assert.deepEqual(
      both.filter(({ object, name }) => (names.get(object) ?? name) !== name),
      [],
    );
  });

  it("stops after the foundation where that is asked for", async () => {
    const foundation = await recordStack("dev", { "platform:layers": ["foundation"] });
    assert.ok(!foundation.some(({ type }) => type === "platform:kafka:KafkaCluster"));
  });
});

describe("a target whose foundation is not there yet", () => {
  for (const stack of ["onprem", "aws"])
    it(`${stack} is checked, and building it is refused`, () => assert.rejects(recordStack(stack), pulumi.RunError));

  it("a service that nothing builds yet is refused before any resource", () =>
    assert.rejects(recordStack("dev", { "platform:services": { monitoring: true } }), /monitoring/));

  it("a wrong setting is refused before any resource", () =>
    assert.rejects(recordStack("dev", { "platform:kafka": { brokers: 0 } }), pulumi.RunError));
});

/** What the cluster knows it by, where it is an object there that is not in a list. */
function objectOf({ type, inputs }: Registration): string[] {
  const metadata = inputs["metadata"] as { name?: string; namespace?: string } | undefined;
  return metadata?.name === undefined ? [] : [`${type} ${metadata.namespace ?? ""}/${metadata.name}`];
}

/** Secrets hidden, keys sorted. */
function readable(registration: Registration): unknown {
  const { type, name, parent, provider, protect, dependsOn, secretOutputs, inputs } = registration;
  const short = (urn: string) => urn.split("::").slice(2).join(" ").replace(/-id$/, "");
  const shown = {
    type,
    name,
    parent: short(parent),
    provider: short(provider),
    protect,
    dependsOn: dependsOn.map(short).sort(),
    secretOutputs,
    inputs,
  };
  return JSON.parse(
    JSON.stringify(shown, (_, value) => {
      if (pulumi.runtime.isRpcSecret(value)) return "[secret]";
      if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    }),
  );
}

function byName(a: unknown, b: unknown): number {
  const key = (value: unknown) => `${(value as Registration).type} ${(value as Registration).name}`;
  return key(a) < key(b) ? -1 : 1;
}
