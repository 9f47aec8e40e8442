import assert from "node:assert/strict";
import type { ConformanceCase } from "../case";
import { configMap } from "../objects";

const unnamed = { apiVersion: "v1", kind: "ConfigMap" } as const;

/** How objects get names and namespaces. */
export const namingCases: readonly ConformanceCase[] = [
  {
    name: "gives a nameless object a name that lasts",
    steps: [
      {
        run: "up",
        program: (w) => [{ name: "auto", manifest: { ...unnamed, metadata: { namespace: w.namespace } } }],
        expect: {
          ops: { auto: "create" },
          also: async (seen, w) => {
            const id = String(seen.resources["auto"]?.id);
            assert.match(id, new RegExp(`^${w.namespace}/${w.id}-auto-[0-9a-f]{8}$`));
            const live = await w.cluster.get({ ...unnamed, namespace: w.namespace, name: id.split("/")[1] ?? "" });
            assert.equal(live?.metadata?.annotations?.["pulumi.com/autonamed"], "true");
          },
        },
      },
      { run: "up", expect: { ops: { auto: "same" } } },
    ],
  },
  {
    name: "replaces an autonamed object by one of another name before it deletes the old one",
    steps: [
      {
        run: "up",
        program: (w) => [
          { name: "auto", manifest: { ...unnamed, metadata: { namespace: w.namespace }, data: { key: "1" } } },
        ],
        expect: {
          also: (seen, w) => {
            firstNames.set(w.id, String(seen.resources["auto"]?.id));
          },
        },
      },
      {
        run: "up",
        program: (w) => [
          { name: "auto", manifest: { ...unnamed, metadata: { namespace: w.namespace }, data: { key: "2" } } },
        ],
        expect: {
          ops: { auto: "replace" },
          also: async (seen, w) => {
            const before = firstNames.get(w.id) ?? "";
            assert.notEqual(seen.resources["auto"]?.id, before);
            const gone = await w.cluster.get({ ...unnamed, namespace: w.namespace, name: before.split("/")[1] ?? "" });
            assert.equal(gone, undefined);
          },
        },
      },
    ],
  },
  {
    name: "leaves the name to the API server where generateName is given",
    steps: [
      {
        run: "up",
        program: (w) => [
          { name: "generated", manifest: { ...unnamed, metadata: { namespace: w.namespace, generateName: "made-" } } },
        ],
        expect: {
          ops: { generated: "create" },
          also: (seen) => assert.match(String(seen.resources["generated"]?.id), /\/made-.{5}/),
        },
      },
      { run: "up", expect: { ops: { generated: "same" } } },
    ],
  },
  {
    name: "puts objects without a namespace into the provider's",
    provider: (w) => ({ namespace: w.namespace }),
    steps: [
      {
        run: "up",
        program: () => [{ name: "config", manifest: { ...unnamed, metadata: { name: "config" } } }],
        expect: {
          ops: { config: "create" },
          also: (seen, w) => assert.equal(seen.resources["config"]?.id, `${w.namespace}/config`),
        },
      },
      { run: "up", expect: { ops: { config: "same" } } },
    ],
  },
  {
    name: "gives cluster-scoped objects no namespace, whatever the provider's is",
    provider: (w) => ({ namespace: w.namespace }),
    steps: [
      {
        run: "up",
        program: (w) => [
          {
            name: "role",
            manifest: {
              apiVersion: "rbac.authorization.k8s.io/v1",
              kind: "ClusterRole",
              metadata: { name: `${w.id}:role` },
              rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
            },
          },
        ],
        expect: {
          ops: { role: "create" },
          outputs: { role: { metadata: { namespace: undefined } } },
          also: (seen, w) => assert.equal(seen.resources["role"]?.id, `${w.id}:role`),
        },
      },
      { run: "up", expect: { ops: { role: "same" } } },
    ],
  },
  {
    name: "makes a namespace and what lies in it in one update, and deletes both",
    steps: [
      {
        run: "up",
        program: (w) => {
          const namespace = `${w.namespace}-more`;
          return [
            { name: "namespace", manifest: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } } },
            configMap(w, {}, { namespace }, { dependsOn: ["namespace"] }),
          ];
        },
        expect: { ops: { namespace: "create", config: "create" } },
      },
      {
        run: "up",
        program: () => [],
        expect: {
          ops: { namespace: "delete", config: "delete" },
          also: async (_, w) => {
            const header = { apiVersion: "v1", kind: "Namespace", name: `${w.namespace}-more` };
            assert.equal(await w.cluster.get(header), undefined);
          },
        },
      },
    ],
  },
  {
    name: "replaces when the name changes",
    steps: [
      { run: "up", program: (w) => [configMap(w, {})], expect: {} },
      {
        run: "up",
        program: (w) => [configMap(w, {}, { name: "other" })],
        expect: { ops: { config: "replace" }, diff: { config: ["metadata.name"] } },
      },
    ],
  },
  {
    name: "replaces when the namespace changes",
    steps: [
      {
        run: "up",
        program: (w) => [...otherNamespace(`${w.namespace}-b`), configMap(w, {}, {}, { dependsOn: ["other"] })],
        expect: {},
      },
      {
        run: "up",
        program: (w) => [
          ...otherNamespace(`${w.namespace}-b`),
          configMap(w, {}, { namespace: `${w.namespace}-b` }, { dependsOn: ["other"] }),
        ],
        expect: { ops: { config: "replace" }, diff: { config: ["metadata.namespace"] } },
      },
    ],
  },
];

const otherNamespace = (name: string) => [
  { name: "other", manifest: { apiVersion: "v1", kind: "Namespace", metadata: { name } } },
];

/** Ids that the first step of a case saw, by the case. */
const firstNames = new Map<string, string>();
