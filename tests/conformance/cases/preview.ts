import assert from "node:assert/strict";
import type { ConformanceCase } from "../case";
import { configHeader, configMap, deployment, foreignConfig, mutable, SKIP_AWAIT, service, widget } from "../objects";

const UNREACHABLE = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: { token: "none" } }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
});

/** What previews show, and that they do nothing. */
export const previewCases: readonly ConformanceCase[] = [
  {
    name: "shows in a preview what the API server would make of a new object, and makes nothing",
    steps: [
      {
        run: "preview",
        program: (w) => [deployment(w)],
        expect: {
          ops: { deployment: "create" },
          outputs: { deployment: { spec: { strategy: { type: "RollingUpdate" } } } },
          also: async (_, w) => {
            const header = { apiVersion: "apps/v1", kind: "Deployment", name: "deployment", namespace: w.namespace };
            assert.equal(await w.cluster.get(header), undefined);
          },
        },
      },
    ],
  },
  {
    name: "shows in a preview exactly what changes, and changes nothing",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [configMap(w, { a: "1", b: "1" })], expect: {} },
      {
        run: "preview",
        program: (w) => [configMap(w, { a: "1", b: "2" })],
        expect: {
          ops: { config: "update" },
          also: async (seen, w) => {
            assert.deepEqual(seen.resources["config"]?.diff, ["data.b"]);
            assert.deepEqual((await w.cluster.get(configHeader(w)))?.["data"], { a: "1", b: "1" });
          },
        },
      },
    ],
  },
  {
    name: "shows a replacement in a preview, and replaces nothing",
    steps: [
      { run: "up", program: (w) => [configMap(w, { a: "1" })], expect: {} },
      {
        run: "preview",
        program: (w) => [configMap(w, { a: "2" })],
        expect: {
          ops: { config: "replace" },
          also: async (_, w) => assert.deepEqual((await w.cluster.get(configHeader(w)))?.["data"], { a: "1" }),
        },
      },
    ],
  },
  {
    name: "previews objects of a namespace that does not exist yet",
    steps: [
      {
        run: "preview",
        program: (w) => [configMap(w, { key: "1" }, { namespace: `${w.namespace}-later` })],
        expect: { ops: { config: "create" }, outputs: { config: { data: { key: "1" } } } },
      },
    ],
  },
  {
    name: "previews custom resources whose definition does not exist yet",
    steps: [
      {
        run: "preview",
        program: (w) => [widget(w, {})],
        expect: { ops: { widget: "create" }, outputs: { widget: { spec: { size: 1 } } } },
      },
    ],
  },
  {
    name: "previews objects that exist already as creations",
    steps: [
      {
        run: "preview",
        before: async (w) => {
          await w.cluster.create(foreignConfig(w, { key: "theirs" }));
        },
        program: (w) => [configMap(w, { key: "mine" })],
        expect: { ops: { config: "create" }, outputs: { config: { data: { key: "mine" } } } },
      },
    ],
  },
  {
    name: "previews from the inputs while some of them are unknown",
    steps: [
      {
        run: "preview",
        program: (w) => [configMap(w, { known: "1", unknown: { $unknown: true } })],
        expect: { ops: { config: "create" }, outputs: { config: { data: { known: "1" } } } },
      },
    ],
  },
  {
    name: "previews creations while the kubeconfig is unknown",
    provider: () => ({ kubeconfig: { $unknown: true } }),
    steps: [
      {
        run: "preview",
        program: (w) => [configMap(w, { key: "1" }), service(w, { ports: [{ port: 80 }] })],
        expect: { ops: { config: "create", service: "create" } },
      },
    ],
  },
  {
    name: "previews from the inputs while the cluster cannot be reached",
    provider: () => ({ kubeconfig: UNREACHABLE }),
    steps: [
      {
        run: "preview",
        program: (w) => [configMap(w, { key: "1" })],
        expect: { ops: { config: "create" }, outputs: { config: { data: { key: "1" } } } },
      },
    ],
  },
  {
    name: "fails to update a cluster that cannot be reached, and names it",
    provider: () => ({ kubeconfig: UNREACHABLE }),
    steps: [
      {
        run: "up",
        program: (w) => [configMap(w, { key: "1" })],
        expect: { errors: { config: ["127.0.0.1:1"] } },
      },
    ],
  },
  {
    name: "shows in a preview the field that the API server would refuse",
    steps: [
      {
        run: "preview",
        program: (w) => [service(w, { ports: [{ port: 99_999 }] }, { annotations: SKIP_AWAIT })],
        expect: { errors: { service: ["spec.ports[0].port"] } },
      },
    ],
  },
];
