import { hashSync } from "bcryptjs";
import { z } from "zod";
import { type Logical, logical } from "../base/logical";
import type { ResourceHandler } from "../base/plugin";
import type { PropertyMap } from "../base/values";
import { type Bytes, below, seededBytes, shuffled, systemBytes } from "./choose";
import { petName } from "./pet";
import { randomText, type TextSpec, textProblems } from "./text";
import { isUuid, uuid4, uuid7 } from "./uuid";

const keepers = z.record(z.string(), z.string().nullable()).optional();
const count = z.int().min(0).optional();

const textSchema = z.strictObject({
  keepers,
  length: z.int().min(1),
  upper: z.boolean().optional(),
  lower: z.boolean().optional(),
  number: z.boolean().optional(),
  numeric: z.boolean().optional(),
  special: z.boolean().optional(),
  minUpper: count,
  minLower: count,
  minNumeric: count,
  minSpecial: count,
  overrideSpecial: z.string().optional(),
});

/** `number` is the deprecated name of `numeric`; the two are always the same in outputs. */
function completeText(inputs: PropertyMap): PropertyMap {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  const defaults = { upper: true, lower: true, special: true, minUpper: 0, minLower: 0, minNumeric: 0, minSpecial: 0 };
  return { ...defaults, ...inputs, numeric, number: numeric };
}

const text: Pick<Logical<TextSpec>, "schema" | "complete" | "problems"> = {
  schema: textSchema,
  complete: completeText,
  problems: (inputs) => textProblems(inputs),
};

const textFrom = (inputs: TextSpec) =>
  randomText({ ...inputs, overrideSpecial: inputs.overrideSpecial ?? "" }, systemBytes);

/** bcrypt reads 72 bytes; more are cut off, as documented. Cost 10 is the official plugin's. */
const bcrypt = (password: string) => hashSync(Buffer.from(password).subarray(0, 72).toString(), 10);

const password = (result: string) => ({ id: "none", outputs: { result, bcryptHash: bcrypt(result) } });

const bytesOf = (raw: Buffer) => {
  const base64 = raw.toString("base64");
  return { id: base64, outputs: { base64, hex: raw.toString("hex") } };
};

function idOf(raw: Buffer, prefix: string) {
  const id = raw.toString("base64url");
  const dec = BigInt(`0x0${raw.toString("hex")}`).toString();
  const forms = { b64Url: id, b64Std: raw.toString("base64"), hex: raw.toString("hex"), dec };
  return { id, outputs: Object.fromEntries(Object.entries(forms).map(([name, value]) => [name, prefix + value])) };
}

function uuid(make: () => string): ResourceHandler {
  const made = (result: string) => ({ id: result, outputs: { result } });
  return logical<object>({
    schema: z.strictObject({ keepers }),
    complete: (inputs) => inputs,
    computed: ["result"],
    make: () => made(make()),
    adopt: (id) => {
      if (!isUuid(id)) throw new Error(`"${id}" is not a UUID.`);
      return { inputs: {}, ...made(id) };
    },
  });
}

const seeded = (seed: string | undefined): Bytes => (seed ? seededBytes(seed) : systemBytes);

/** The resources of the package by type token. */
export const resources: Readonly<Record<string, ResourceHandler>> = {
  "random:index/randomPassword:RandomPassword": logical<TextSpec>({
    ...text,
    computed: ["result", "bcryptHash"],
    secrets: ["result", "bcryptHash"],
    make: (inputs) => password(textFrom(inputs)),
    adopt: (id) => ({ inputs: { length: Buffer.byteLength(id) }, ...password(id) }),
  }),

  "random:index/randomString:RandomString": logical<TextSpec>({
    ...text,
    computed: ["result"],
    make: (inputs) => {
      const result = textFrom(inputs);
      return { id: result, outputs: { result } };
    },
    adopt: (id) => ({ id, inputs: { length: Buffer.byteLength(id) }, outputs: { result: id } }),
  }),

  // The id is the value itself, in plain text: so it is in the official plugin. Use RandomPassword for secrets.
  "random:index/randomBytes:RandomBytes": logical<{ readonly length: number }>({
    schema: z.strictObject({ keepers, length: z.int().min(1) }),
    complete: (inputs) => inputs,
    computed: ["base64", "hex"],
    secrets: ["base64", "hex"],
    make: ({ length }) => bytesOf(systemBytes(length)),
    adopt: (id) => {
      const raw = Buffer.from(id, "base64");
      if (raw.toString("base64") !== id) throw new Error("the id to import must be the bytes in base64.");
      return { inputs: { length: raw.length }, ...bytesOf(raw) };
    },
  }),

  "random:index/randomId:RandomId": logical<{ readonly byteLength: number; readonly prefix?: string }>({
    schema: z.strictObject({ keepers, byteLength: z.int().min(1), prefix: z.string().optional() }),
    complete: (inputs) => inputs,
    computed: ["b64Url", "b64Std", "hex", "dec"],
    make: ({ byteLength, prefix }) => idOf(systemBytes(byteLength), prefix ?? ""),
    adopt: (id) => {
      const comma = id.lastIndexOf(",");
      const [prefix, value] = [id.slice(0, Math.max(0, comma)), id.slice(comma + 1)];
      const raw = Buffer.from(value, "base64url");
      if (raw.toString("base64url") !== value)
        throw new Error(`"${value}" is not base64url; import as [PREFIX,]B64URL.`);
      return { inputs: { byteLength: raw.length, ...(prefix && { prefix }) }, ...idOf(raw, prefix) };
    },
  }),

  "random:index/randomUuid:RandomUuid": uuid(() => uuid4(systemBytes)),
  "random:index/randomUuid4:RandomUuid4": uuid(() => uuid4(systemBytes)),
  "random:index/randomUuid7:RandomUuid7": uuid(() => uuid7(systemBytes, Date.now())),

  "random:index/randomInteger:RandomInteger": logical<{
    readonly min: number;
    readonly max: number;
    readonly seed?: string;
  }>({
    schema: z.strictObject({ keepers, min: z.int(), max: z.int(), seed: z.string().optional() }),
    complete: (inputs) => inputs,
    problems: ({ min, max }) => (min > max ? [`min is ${min} and max is ${max}: min must not be above max`] : []),
    computed: ["result"],
    make: ({ min, max, seed }) => {
      const result = min + below(max - min + 1, seeded(seed));
      return { id: String(result), outputs: { result } };
    },
    adopt: (id) => {
      const match = /^(-?\d+),(-?\d+),(-?\d+)(?:,(.*))?$/.exec(id);
      if (match === null) throw new Error(`"${id}": import as RESULT,MIN,MAX or RESULT,MIN,MAX,SEED.`);
      const [, result, min, max, seed] = match;
      const inputs = { min: Number(min), max: Number(max), ...(seed === undefined ? {} : { seed }) };
      return { id: String(result), inputs, outputs: { result: Number(result) } };
    },
  }),

  "random:index/randomPet:RandomPet": logical<{
    readonly length: number;
    readonly prefix?: string;
    readonly separator: string;
  }>({
    schema: z.strictObject({
      keepers,
      length: z.int().min(1).optional(),
      prefix: z.string().optional(),
      separator: z.string().optional(),
    }),
    complete: (inputs) => ({ length: 2, separator: "-", ...inputs }),
    computed: [],
    make: ({ length, prefix, separator }) => {
      const name = petName(length, separator, systemBytes);
      return { id: prefix ? prefix + separator + name : name, outputs: {} };
    },
  }),

  "random:index/randomShuffle:RandomShuffle": logical<{
    readonly inputs: readonly string[];
    readonly resultCount?: number;
    readonly seed?: string;
  }>({
    schema: z.strictObject({
      keepers,
      inputs: z.array(z.string()),
      resultCount: z.int().min(0).optional(),
      seed: z.string().optional(),
    }),
    complete: (inputs) => inputs,
    computed: ["results"],
    make: ({ inputs, resultCount, seed }) => {
      const bytes = seeded(seed);
      const wanted = inputs.length === 0 ? 0 : resultCount || inputs.length;
      const rounds = Array.from({ length: Math.ceil(wanted / (inputs.length || 1)) }, () => shuffled(inputs, bytes));
      return { id: "-", outputs: { results: rounds.flat().slice(0, wanted) } };
    },
  }),
};
