import assert from "node:assert/strict";
import type { ResourceHandler } from "../../../offline/plugins/base/plugin";
import { type PropertyMap, reveal } from "../../../offline/plugins/base/values";

const common = { urn: "urn:pulumi:test::test::test::test", name: "test", log: async () => {}, timeoutSeconds: 0 };

/** Calls a resource's handler as the engine does, with what a test cares about. */
export function driver(resources: Readonly<Record<string, ResourceHandler>>, type: string) {
  const handler = resources[type];
  assert.ok(handler, `no handler for ${type}`);
  const request = { ...common, type, signal: new AbortController().signal };
  return {
    /** What `check` complains about. */
    async failures(news: PropertyMap): Promise<string[]> {
      const checked = await handler.check?.({ ...request, olds: {}, news, seed: new Uint8Array() });
      return (checked?.failures ?? []).map(({ reason }) => reason);
    },
    create: (inputs: PropertyMap) => handler.create({ ...request, inputs, preview: false }),
    preview: async (inputs: PropertyMap) => (await handler.create({ ...request, inputs, preview: true })).outputs,
    /** The outputs of a new resource, secrets shown. */
    async made(inputs: PropertyMap): Promise<Readonly<Record<string, unknown>>> {
      const { outputs } = await handler.create({ ...request, inputs, preview: false });
      return reveal(outputs) as Readonly<Record<string, unknown>>;
    },
    /** Kinds of change by property. */
    async changes(olds: PropertyMap, news: PropertyMap) {
      return (await handler.diff({ ...request, id: "id", olds, oldInputs: {}, news, ignoreChanges: [] })).changes;
    },
    read: (id: string, outputs: PropertyMap = {}) => handler.read({ ...request, id, outputs, inputs: {} }),
  };
}
