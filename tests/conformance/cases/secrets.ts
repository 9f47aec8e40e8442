import assert from "node:assert/strict";
import type { ConformanceCase, Json, World } from "../case";
import { configMap, mutable, secret } from "../objects";

const value = (world: World) => `hidden-value-of-${world.id}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Fails where a state file shows a value, as it is or in base64. */
function hidden(state: string, text: string): void {
  assert.ok(!state.includes(text), "the state shows the secret");
  assert.ok(!state.includes(base64(text)), "the state shows the secret in base64");
}

/** A resource's outputs as the state file has them. */
function stored(state: string, world: World, name: string): Readonly<Record<string, Json>> {
  const { checkpoint } = JSON.parse(state) as {
    checkpoint: { latest: { resources: { urn: string; outputs?: Record<string, Json> }[] } };
  };
  const found = checkpoint.latest.resources.find(({ urn }) => urn.endsWith(`::${world.id}-${name}`));
  assert.ok(found?.outputs, `${name} is not in the state`);
  return found.outputs;
}

/** What must not be seen stays unseen. */
export const secretCases: readonly ConformanceCase[] = [
  {
    name: "keeps a secret value out of the state, wherever it goes",
    steps: [
      {
        run: "up",
        program: (w) => [
          secret(w, { stringData: { key: { $secret: value(w) } } }),
          configMap(w, { key: { $secret: value(w) }, open: "seen" }, { annotations: { note: { $secret: value(w) } } }),
        ],
        expect: {
          ops: { secret: "create", config: "create" },
          also: async ({ state }, w) => {
            hidden(state, value(w));
            const data = stored(state, w, "config")["data"] as Readonly<Record<string, Json>>;
            assert.equal(data["open"], "seen");
            const header = { apiVersion: "v1", kind: "Secret", name: "secret", namespace: w.namespace };
            assert.deepEqual((await w.cluster.get(header))?.["data"], { key: base64(value(w)) });
          },
        },
      },
      { run: "up", expect: { ops: { secret: "same", config: "same" } } },
    ],
  },
  {
    name: "keeps secrets secret after a refresh",
    steps: [
      {
        run: "up",
        program: (w) => [
          secret(w, { data: { key: { $secret: base64(value(w)) } } }),
          configMap(w, { key: { $secret: value(w) } }),
        ],
        expect: { also: ({ state }, w) => hidden(state, value(w)) },
      },
      { run: "refresh", expect: { also: ({ state }, w) => hidden(state, value(w)) } },
      {
        run: "up",
        expect: { ops: { secret: "same", config: "same" }, also: ({ state }, w) => hidden(state, value(w)) },
      },
    ],
  },
  {
    name: "makes the data of a Secret secret, even where the program did not",
    steps: [
      {
        run: "up",
        program: (w) => [secret(w, { stringData: { key: value(w) } })],
        expect: {
          also: ({ state }, w) => {
            const { data, stringData } = stored(state, w, "secret");
            hidden(JSON.stringify({ data, stringData }), value(w));
          },
        },
      },
    ],
  },
  {
    name: "keeps secrets out of what a preview shows",
    provider: mutable,
    steps: [
      { run: "up", program: (w) => [secret(w, { stringData: { key: { $secret: "first" } } })], expect: {} },
      {
        run: "preview",
        program: (w) => [secret(w, { stringData: { key: { $secret: value(w) } } })],
        expect: {
          ops: { secret: "update" },
          also: (seen, w) => hidden(JSON.stringify(seen.resources), value(w)),
        },
      },
    ],
  },
];
