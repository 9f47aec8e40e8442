import assert from "node:assert/strict";
import type { ConformanceCase, World } from "../case";
import { widget, widgetDefinition, widgetGroup, widgetHeader } from "../objects";
import { meanwhile, until } from "../wait";

const waitFor = (expression: string) => ({ "pulumi.com/waitFor": expression });
const SHORT = { customTimeouts: { create: "3s", update: "3s" } };

/** A definition that is there before the program, and served. */
async function define(world: World): Promise<void> {
  const definition = widgetDefinition(world);
  await world.cluster.create(definition);
  const header = { apiVersion: definition.apiVersion, kind: definition.kind, name: definition.metadata.name };
  await until("the definition to be served", async () => {
    const live = await world.cluster.get(header);
    const status = (live?.["status"] ?? {}) as { conditions?: { type: string; status: string }[] | null };
    return status.conditions?.find(({ type, status }) => type === "Established" && status === "True");
  });
}

const undefine = async (world: World) => {
  const { apiVersion, kind, metadata } = widgetDefinition(world);
  await world.cluster.remove({ apiVersion, kind, name: metadata.name });
};

/** Does a controller's work: sets the status, once the object is there. */
const becomes = (status: object) => async (world: World) => {
  await define(world);
  meanwhile(async () => {
    await until("the widget to exist", () => world.cluster.get(widgetHeader(world)));
    const { apiVersion, kind, name, namespace } = widgetHeader(world);
    await world.cluster.merge({ apiVersion, kind, metadata: { name, namespace }, status });
  });
};

const ready = (status: string) => ({ conditions: [{ type: "Ready", status }], phase: "Running" });
const READY = { widget: { status: { phase: "Running" } } };

/** Custom resources, their definitions, and what a program may wait for. */
export const customCases: readonly ConformanceCase[] = [
  {
    name: "makes a definition and its custom resource in one update",
    steps: [
      {
        run: "up",
        program: (w) => [
          { name: "definition", manifest: widgetDefinition(w) },
          widget(w, {}, { dependsOn: ["definition"] }),
        ],
        expect: { ops: { definition: "create", widget: "create" } },
      },
      {
        run: "up",
        program: () => [],
        expect: {
          ops: { definition: "delete", widget: "delete" },
          also: async (_, w) => {
            const name = `widgets.${widgetGroup(w)}`;
            const header = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
            assert.equal(await w.cluster.get(header), undefined);
          },
        },
      },
    ],
  },
  {
    name: "says that a kind is not known to the API server",
    steps: [
      {
        run: "up",
        program: (w) => [widget(w, {}, SHORT)],
        expect: { errors: { widget: ["Widget", /conformance\.test\/v1/] } },
      },
    ],
  },
  {
    name: "waits for a condition",
    after: undefine,
    steps: [
      {
        run: "up",
        before: becomes(ready("True")),
        program: (w) => [widget(w, waitFor("condition=Ready"))],
        expect: { ops: { widget: "create" }, outputs: READY },
      },
    ],
  },
  {
    name: "waits for a condition with a value",
    after: undefine,
    steps: [
      {
        run: "up",
        before: becomes(ready("False")),
        program: (w) => [widget(w, waitFor("condition=Ready=False"))],
        expect: { ops: { widget: "create" }, outputs: READY },
      },
    ],
  },
  {
    name: "waits for a value by jsonpath",
    after: undefine,
    steps: [
      {
        run: "up",
        before: becomes(ready("True")),
        program: (w) => [widget(w, waitFor("jsonpath={.status.phase}=Running"))],
        expect: { ops: { widget: "create" }, outputs: READY },
      },
    ],
  },
  {
    name: "waits for a field to exist by jsonpath",
    after: undefine,
    steps: [
      {
        run: "up",
        before: becomes(ready("True")),
        program: (w) => [widget(w, waitFor("jsonpath={.status.phase}"))],
        expect: { ops: { widget: "create" }, outputs: READY },
      },
    ],
  },
  {
    name: "waits for several conditions together",
    after: undefine,
    steps: [
      {
        run: "up",
        before: becomes(ready("True")),
        program: (w) => [widget(w, waitFor('["condition=Ready", "jsonpath={.status.phase}=Running"]'))],
        expect: { ops: { widget: "create" }, outputs: READY },
      },
    ],
  },
  {
    name: "gives up waiting after customTimeouts, names object and condition, and goes on with the next update",
    after: undefine,
    steps: [
      {
        run: "up",
        before: define,
        program: (w) => [widget(w, waitFor("condition=Ready"), SHORT)],
        expect: { errors: { widget: ["widget", "Ready"] } },
      },
      {
        run: "up",
        before: async (w) => {
          const { apiVersion, kind, name, namespace } = widgetHeader(w);
          await w.cluster.merge({ apiVersion, kind, metadata: { name, namespace }, status: ready("True") });
        },
        expect: { ops: { widget: "update" }, outputs: READY },
      },
    ],
  },
  {
    name: "gives up waiting after the annotated time-out",
    after: undefine,
    steps: [
      {
        run: "up",
        before: define,
        program: (w) => [widget(w, { ...waitFor("condition=Ready"), "pulumi.com/timeoutSeconds": "2" })],
        expect: { errors: { widget: ["widget"] } },
      },
    ],
  },
  {
    name: "does not wait where skipAwait says so",
    after: undefine,
    steps: [
      {
        run: "up",
        before: define,
        program: (w) => [widget(w, { ...waitFor("condition=Ready"), "pulumi.com/skipAwait": "true" })],
        expect: { ops: { widget: "create" } },
      },
    ],
  },
  {
    name: "refuses an expression to wait for that it cannot read",
    after: undefine,
    steps: [
      {
        run: "up",
        before: define,
        program: (w) => [widget(w, waitFor("nonsense"), SHORT)],
        expect: { errors: { widget: ["nonsense"] } },
      },
    ],
  },
];
