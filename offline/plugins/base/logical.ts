import type { z } from "zod";
import { sameValue } from "./diff";
import type { ChangeKind, CheckResult, Log, ResourceHandler } from "./plugin";
import {
  hasUnknown,
  isList,
  isMap,
  type Plain,
  type PropertyMap,
  reveal,
  Secret,
  toPlain,
  UNKNOWN,
  type Value,
} from "./values";

/**
 * A resource that lives in state alone, as those of the packages `random` and `tls`: made once, never changed in place but
 * for {@link Logical.inPlace}, replaced when an input changes, gone when forgotten.
 */
export interface Logical<Inputs> {
  /** Every input with its type and limits, without defaults. */
  readonly schema: z.ZodObject & z.ZodType<unknown>;
  /** Fills in the defaults; what it returns also goes into the outputs. It must bear unknowns and secrets. */
  readonly complete: (inputs: PropertyMap) => PropertyMap;
  /** Problems between inputs, once all are known. @default none */
  readonly problems?: (inputs: Inputs) => readonly string[];
  /** Outputs that only {@link make} knows. */
  readonly computed: readonly string[];
  /** Properties that are secret in outputs, whatever the inputs were. @default none */
  readonly secrets?: readonly string[];
  /** Inputs that the provider uses and never stores. @default none */
  readonly writeOnly?: readonly string[];
  /** Inputs whose change alters the outputs only. @default none */
  readonly inPlace?: readonly string[];
  /** Makes the values. */
  readonly make: (inputs: Inputs, log: Log) => Made | Promise<Made>;
  /** The resource that an import's id stands for. @default imports are refused */
  readonly adopt?: (id: string) => Made & { readonly inputs: PropertyMap };
  /** Outputs that changed by themselves since the last update (the time passes). @default none */
  readonly aged?: (outputs: PropertyMap) => PropertyMap;
}

/** Values that were made: the computed outputs, by name. */
export interface Made {
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** The life of a logical resource. `Inputs` is what its schema and defaults give. */
export function logical<Inputs>(spec: Logical<Inputs>): ResourceHandler {
  const stored = (properties: PropertyMap): PropertyMap =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name, value]) => value !== null && !spec.writeOnly?.includes(name))
        .map(([name, value]) => [name, spec.secrets?.includes(name) ? new Secret(value) : value]),
    );

  return {
    check: ({ news }) => checkInputs(spec, news),

    diff: ({ olds, news }) => {
      const full = spec.complete(news);
      const names = Object.keys(spec.schema.shape).filter((name) => !spec.writeOnly?.includes(name));
      const changes = names.flatMap((name): [string, ChangeKind][] => {
        const kind = changeOf(olds[name], full[name]);
        if (kind === undefined) return [];
        return [[name, spec.inPlace?.includes(name) ? kind : `${kind}-replace`]];
      });
      const aged = Object.keys(spec.aged?.({ ...olds, ...full }) ?? {});
      return { changes: Object.fromEntries([...changes, ...aged.map((name) => [name, "update-replace"])]) };
    },

    create: async ({ inputs, preview, log }) => {
      const full = spec.complete(inputs);
      if (preview) {
        const unknown: PropertyMap = Object.fromEntries(spec.computed.map((name) => [name, UNKNOWN] as const));
        return { id: "", outputs: stored({ ...full, ...unknown }) };
      }
      const made = await spec.make(toPlain(full) as Inputs, log);
      return { id: made.id, outputs: stored({ ...full, ...made.outputs }) };
    },

    read: async ({ id, type, inputs, outputs }) => {
      if (Object.keys(outputs).length > 0) return { id, inputs, outputs: { ...outputs, ...spec.aged?.(outputs) } };
      if (spec.adopt === undefined) throw new Error(`${type} lives in the state alone and cannot be imported.`);
      const adopted = spec.adopt(id);
      const all = { ...spec.complete(adopted.inputs), ...adopted.outputs };
      return { id: adopted.id, inputs: adopted.inputs, outputs: stored(all) };
    },

    update: async ({ olds, news }) => ({ ...olds, ...stored(spec.complete(news)) }),

    delete: async () => {},
  };
}

/** Known inputs are checked one by one; what concerns several of them, as soon as all are known. */
function checkInputs<Inputs>(spec: Logical<Inputs>, news: PropertyMap): CheckResult {
  const inputs: PropertyMap = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== null));
  const known = Object.entries(inputs).filter(([, value]) => !hasUnknown(value));
  const shape = spec.schema.shape as Record<string, z.ZodType>;
  const unknownNames = Object.keys(inputs).filter((name) => !(name in shape));
  const failures = [
    ...unknownNames.map((property) => ({ property, reason: `${property} is no input of this resource` })),
    ...Object.entries(shape)
      .filter(([name, type]) => !(name in inputs) && !type.safeParse(undefined).success)
      .map(([property]) => ({ property, reason: `${property} is missing` })),
    ...known.flatMap(([property, value]) => fieldFailures(property, shape[property], reveal(value) as Plain)),
  ];
  if (failures.length > 0 || known.length < Object.keys(inputs).length) return { inputs, failures };
  const problems = spec.problems?.(toPlain(spec.complete(inputs)) as Inputs) ?? [];
  return { inputs, failures: problems.map((reason) => ({ property: "", reason })) };
}

function fieldFailures(property: string, type: z.ZodType | undefined, value: Plain) {
  const issues = type?.safeParse(value).error?.issues ?? [];
  return issues.map((issue) => ({
    property,
    reason: `${[property, ...issue.path].join(".")}: ${issue.message}`,
  }));
}

function changeOf(old: Value | undefined, value: Value | undefined): "add" | "delete" | "update" | undefined {
  const before = isNothing(old) ? undefined : old;
  const after = isNothing(value) ? undefined : value;
  if (before === undefined) return after === undefined ? undefined : "add";
  if (after === undefined) return "delete";
  return sameValue(before, after) ? undefined : "update";
}

/** An empty text, list or map counts as absent, as the official plugins' plan modifiers have it. */
function isNothing(value: Value | undefined): boolean {
  if (value instanceof Secret) return isNothing(value.value);
  if (value === undefined || value === null || value === "") return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}
