import assert from "node:assert/strict";
import type { ConformanceCase, World } from "../case";
import {
  configHeader,
  configMap,
  foreignConfig,
  mutable,
  resource,
  SKIP_AWAIT,
  service,
  widgetDefinition,
} from "../objects";

const FORCE = { "pulumi.com/patchForce": "true" };

const liveConfig = (world: World) => world.cluster.get(configHeader(world));

async function dataIs(world: World, data: unknown): Promise<void> {
  assert.deepEqual((await liveConfig(world))?.["data"], data);
}

/** Somebody else takes over `data.key`. */
const takeOver = async (world: World) => {
  await world.cluster.apply(foreignConfig(world, { key: "theirs" }), "somebody-else");
};

/** How the plugin writes: server-side apply, managers, conflicts, lists, names, refusals. */
export const applyCases: readonly ConformanceCase[] = [
  {
    name: "creates by server-side apply under a field manager of its own",
    steps: [
      {
        run: "up",
        program: (w) => [configMap(w, { key: "1" })],
        expect: {
          ops: { config: "create" },
          outputs: { config: { data: { key: "1" } } },
          also: async (_, w) => {
            const managers = (await liveConfig(w))?.metadata?.managedFields ?? [];
            assert.deepEqual(
              managers.map(({ operation, manager }) => [operation, /^pulumi-kubernetes/.test(manager ?? "")]),
              [["Apply", true]],
            );
          },
        },
      },
    ],
  },
  {
    name: "changes nothing when the program did not",
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: { ops: { config: "create" } } },
      { run: "up", expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "keeps what others added to an object",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "up",
        before: async (w) => {
          await w.cluster.merge(foreignConfig(w, { other: "x" }, { annotations: { "example.org/note": "theirs" } }));
        },
        program: (w) => [configMap(w, { key: "2" })],
        expect: {
          ops: { config: "update" },
          diff: { config: ["data.key"] },
          also: async (_, w) => {
            await dataIs(w, { key: "2", other: "x" });
            assert.equal((await liveConfig(w))?.metadata?.annotations?.["example.org/note"], "theirs");
          },
        },
      },
    ],
  },
  {
    name: "refuses to create what exists already, and names it",
    steps: [
      {
        run: "up",
        before: async (w) => {
          await w.cluster.create(foreignConfig(w, { key: "theirs" }));
        },
        program: (w) => [configMap(w, { key: "mine" })],
        expect: { errors: { config: ["config", /exists/] }, also: (_, w) => dataIs(w, { key: "theirs" }) },
      },
    ],
  },
  {
    name: "names the foreign manager and the field of a conflict, in a preview already, and leaves the value",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "preview",
        before: takeOver,
        program: (w) => [configMap(w, { key: "2" })],
        expect: { errors: { config: ["somebody-else", ".data.key"] } },
      },
      {
        run: "up",
        expect: { errors: { config: ["somebody-else", ".data.key"] }, also: (_, w) => dataIs(w, { key: "theirs" }) },
      },
    ],
  },
  {
    name: "takes a field back by force where the annotation asks for it",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "up",
        before: takeOver,
        program: (w) => [configMap(w, { key: "2" }, { annotations: FORCE })],
        expect: { ops: { config: "update" }, also: (_, w) => dataIs(w, { key: "2" }) },
      },
    ],
  },
  {
    name: "removes labels, annotations and keys that the program dropped",
    provider: mutable,
    steps: [
      {
        run: "up",
        program: (w) => [configMap(w, { a: "1", b: "2" }, { labels: { a: "1", b: "2" }, annotations: { "x/y": "1" } })],
        expect: {},
      },
      {
        run: "up",
        program: (w) => [configMap(w, { a: "1" }, { labels: { a: "1" } })],
        expect: {
          ops: { config: "update" },
          diff: { config: ["data.b", "metadata.labels.b"] },
          also: async (_, w) => {
            const live = await liveConfig(w);
            await dataIs(w, { a: "1" });
            assert.deepEqual(live?.metadata?.labels, { a: "1" });
            assert.equal(live?.metadata?.annotations?.["x/y"], undefined);
          },
        },
      },
    ],
  },
  {
    name: "takes null for absence",
    steps: [
      {
        run: "up",
        program: (w) => [configMap(w, { key: "1", none: null }, { labels: null, annotations: { none: null } })],
        expect: { ops: { config: "create" }, also: (_, w) => dataIs(w, { key: "1" }) },
      },
      { run: "up", expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "merges lists by their keys with what others put in",
    steps: [
      {
        run: "up",
        program: (w) => [service(w, { ports: [{ name: "a", port: 80 }] }, { annotations: SKIP_AWAIT })],
        expect: { ops: { service: "create" } },
      },
      {
        run: "up",
        before: async (w) => {
          const spec = { ports: [{ name: "theirs", port: 90, protocol: "TCP" }] };
          const metadata = { name: "service", namespace: w.namespace };
          await w.cluster.apply({ apiVersion: "v1", kind: "Service", metadata, spec }, "somebody-else");
        },
        program: (w) => [
          service(w, { ports: [{ name: "a", port: 80, targetPort: 8080 }] }, { annotations: SKIP_AWAIT }),
        ],
        expect: {
          ops: { service: "update" },
          also: async (_, w) => {
            const header = { apiVersion: "v1", kind: "Service", name: "service", namespace: w.namespace };
            const spec = (await w.cluster.get(header))?.["spec"] as { ports: { name: string; targetPort: number }[] };
            assert.deepEqual(
              spec.ports.map(({ name, targetPort }) => [name, targetPort]),
              [
                ["a", 8080],
                ["theirs", 90],
              ],
            );
          },
        },
      },
    ],
  },
  {
    name: "ignores what ignoreChanges names",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [configMap(w, { key: "1" })], expect: {} },
      {
        run: "up",
        program: (w) => [configMap(w, { key: "2" }, {}, { ignoreChanges: ["data.key"] })],
        expect: { ops: { config: "same" }, also: (_, w) => dataIs(w, { key: "1" }) },
      },
    ],
  },
  {
    name: "writes keys, values and annotations with odd characters as they are",
    steps: [
      {
        run: "up",
        program: (w) => [
          configMap(
            w,
            { "a.b-c_d": 'quote " backslash \\ $' + "{x}", _: "Ünïcode \u{1F600}\nline", "0": "" },
            { annotations: { "example.org/odd.key_1": '{"json": [1]}\ttab' } },
          ),
        ],
        expect: {
          also: async (_, w) => {
            await dataIs(w, { "a.b-c_d": 'quote " backslash \\ $' + "{x}", _: "Ünïcode \u{1F600}\nline", "0": "" });
            const annotations = (await liveConfig(w))?.metadata?.annotations;
            assert.equal(annotations?.["example.org/odd.key_1"], '{"json": [1]}\ttab');
          },
        },
      },
      { run: "up", expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "handles names with dots and colons",
    steps: [
      {
        run: "up",
        program: (w) => [
          resource(w, "dots", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a.b.c" } }),
          resource(w, "colons", {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "Role",
            metadata: { name: "odd:name:of-a-role" },
            rules: [],
          }),
        ],
        expect: {
          ops: { dots: "create", colons: "create" },
          also: (seen, w) => assert.equal(seen.resources["colons"]?.id, `${w.namespace}/odd:name:of-a-role`),
        },
      },
      { run: "up", program: () => [], expect: { ops: { dots: "delete", colons: "delete" } } },
    ],
  },
  {
    name: "applies an object that is too large for client-side apply",
    steps: [
      {
        run: "up",
        program: (w) => [{ name: "definition", manifest: widgetDefinition(w, "x".repeat(400_000)) }],
        expect: { ops: { definition: "create" } },
      },
      { run: "up", expect: { ops: { definition: "same" } } },
    ],
  },
  {
    name: "shows the field of an object that the API server refuses",
    steps: [
      {
        run: "up",
        program: (w) => [service(w, { ports: [{ port: 99_999 }] }, { annotations: SKIP_AWAIT })],
        expect: { errors: { service: ["service", "spec.ports[0].port", "99999"] } },
      },
    ],
  },
];
