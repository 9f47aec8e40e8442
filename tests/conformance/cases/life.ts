import assert from "node:assert/strict";
import type { ConformanceCase, World } from "../case";
import { configHeader, configMap, foreignConfig, mutable } from "../objects";
import { meanwhile, until } from "../wait";

const FINALIZER = "conformance.test/wait";

/** Takes the finalizer away, once somebody has asked to delete the object. */
function releaseWhenAsked(world: World): void {
  meanwhile(async () => {
    await until(
      "a deletion to be asked for",
      async () => (await world.cluster.get(configHeader(world)))?.metadata?.deletionTimestamp,
    );
    await release(world);
  });
}

const release = (world: World) =>
  world.cluster.merge({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "config", namespace: world.namespace, finalizers: null },
  });

const isGone = async (_: unknown, world: World) =>
  assert.equal(await world.cluster.get(configHeader(world)), undefined);

/** Refresh, import and delete. */
export const lifeCases: readonly ConformanceCase[] = [
  {
    name: "finds drift by refresh, and puts it back by force under PULUMI_K8S_ENABLE_PATCH_FORCE",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "refresh",
        before: async (w) => {
          await w.cluster.merge(foreignConfig(w, { key: "drifted" }));
        },
        expect: { ops: { config: "update" }, outputs: { config: { data: { key: "drifted" } } } },
      },
      {
        run: "up",
        env: { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" },
        expect: {
          ops: { config: "update" },
          diff: { config: ["data.key"] },
          outputs: { config: { data: { key: "1" } } },
        },
      },
    ],
  },
  {
    name: "finds no drift in an object that nobody touched",
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      { run: "refresh", expect: { ops: { config: "same" } } },
      { run: "up", expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "does not take what others added for drift",
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "refresh",
        before: async (w) => {
          await w.cluster.merge(foreignConfig(w, { other: "theirs" }, { labels: { theirs: "yes" } }));
        },
        expect: {},
      },
      { run: "up", expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "finds by refresh that an object is gone, and makes it again",
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "refresh",
        before: (w) => w.cluster.remove(configHeader(w)),
        expect: { ops: { config: "delete" } },
      },
      { run: "up", expect: { ops: { config: "create" } } },
    ],
  },
  {
    name: "imports an object that is as the program says",
    steps: [
      {
        run: "up",
        before: async (w) => {
          await w.cluster.create(foreignConfig(w, { key: "1" }));
        },
        program: (w) => [configMap(w, { key: "1" }, {}, { import: `${w.namespace}/config` })],
        expect: { ops: { config: "import" } },
      },
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "refuses to import an object that does not exist, and names it",
    steps: [
      {
        run: "up",
        program: (w) => [configMap(w, { key: "1" }, {}, { import: `${w.namespace}/missing` })],
        expect: { errors: { config: [/missing/] } },
      },
    ],
  },
  {
    name: "waits for finalizers when it deletes",
    steps: [
      { run: "up", program: (w) => [configMap(w, {}, { finalizers: [FINALIZER] })], expect: {} },
      {
        run: "up",
        before: async (w) => releaseWhenAsked(w),
        program: () => [],
        expect: { ops: { config: "delete" }, also: isGone },
      },
    ],
  },
  {
    name: "gives up a deletion after its time-out, keeps the object in state, and can try again",
    steps: [
      {
        run: "up",
        program: (w) => [configMap(w, {}, { finalizers: [FINALIZER] }, { customTimeouts: { delete: "2s" } })],
        expect: {},
      },
      {
        run: "up",
        program: () => [],
        expect: { errors: { config: ["config"] } },
      },
      {
        run: "up",
        before: async (w) => {
          await release(w);
        },
        expect: { ops: { config: "delete" }, also: isGone },
      },
    ],
  },
  {
    name: "is content when an object to delete is gone already",
    steps: [
      { run: "up", program: (w) => [configMap(w, {})], expect: {} },
      {
        run: "up",
        before: (w) => w.cluster.remove(configHeader(w)),
        program: () => [],
        expect: { ops: { config: "delete" }, also: isGone },
      },
    ],
  },
];
