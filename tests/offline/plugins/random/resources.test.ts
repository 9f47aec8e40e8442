import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import { Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import { resources } from "../../../../offline/plugins/random/resources";
import { driver } from "../logical-driver";

const password = driver(resources, "random:index/randomPassword:RandomPassword");
const text = driver(resources, "random:index/randomString:RandomString");
const bytes = driver(resources, "random:index/randomBytes:RandomBytes");
const id = driver(resources, "random:index/randomId:RandomId");
const integer = driver(resources, "random:index/randomInteger:RandomInteger");
const pet = driver(resources, "random:index/randomPet:RandomPet");
const shuffle = driver(resources, "random:index/randomShuffle:RandomShuffle");

describe("random plugin", () => {
  it("makes passwords whose value and hash are secret", async () => {
    const { id, outputs } = await password.create({ length: 24 });
    assert.equal(id, "none");
    assert.ok(outputs["result"] instanceof Secret && outputs["bcryptHash"] instanceof Secret);
    assert.ok(compareSync(String(outputs["result"].value), String(outputs["bcryptHash"].value)));
  });

  it("hashes the first 72 bytes of a long password", async () => {
    const { result, bcryptHash } = await password.made({ length: 100 });
    assert.ok(compareSync(String(result).slice(0, 72), String(bcryptHash)));
  });

  it("fills in the defaults and keeps number and numeric the same", async () => {
    const { number, numeric, lower, minLower } = await text.made({ length: 4, number: false });
    assert.deepEqual({ number, numeric, lower, minLower }, { number: false, numeric: false, lower: true, minLower: 0 });
  });

  it("hides in previews what is not known yet", async () => {
    assert.deepEqual((await password.preview({ length: 8 }))["result"], new Secret(UNKNOWN));
    assert.equal((await text.preview({ length: 8 }))["result"], UNKNOWN);
  });

  for (const [name, inputs] of [
    ["no length", {}],
    ["length 0", { length: 0 }],
    ["a fraction", { length: 1.5 }],
    ["a text for a number", { length: "ten" }],
    ["less length than demanded characters", { length: 3, minUpper: 2, minLower: 2 }],
    ["no kind of character", { length: 3, upper: false, lower: false, numeric: false, special: false }],
    ["an input that does not exist", { length: 3, minLetters: 1 }],
  ] as const) {
    it(`refuses ${name}`, async () => assert.equal((await password.failures(inputs)).length, 1));
  }

  it("accepts inputs that are not known yet", async () => {
    assert.deepEqual(await password.failures({ length: UNKNOWN, minUpper: 3 }), []);
  });

  it("changes nothing when an input says what is the default", async () => {
    const { outputs } = await password.create({ length: 8 });
    assert.deepEqual(await password.changes(outputs, { length: 8, special: true, overrideSpecial: "" }), {});
    assert.deepEqual(await password.changes(outputs, { length: 8, keepers: {} }), {});
  });

  it("replaces when an input or a keeper changes, or may", async () => {
    const { outputs } = await password.create({ length: 8, keepers: { day: "1" } });
    assert.deepEqual(await password.changes(outputs, { length: 9, keepers: { day: "1" } }), {
      length: "update-replace",
    });
    assert.deepEqual(await password.changes(outputs, { length: 8, keepers: { day: "2" } }), {
      keepers: "update-replace",
    });
    assert.deepEqual(await password.changes(outputs, { length: 8 }), { keepers: "delete-replace" });
    assert.deepEqual(await password.changes(outputs, { length: UNKNOWN, keepers: { day: "1" } }), {
      length: "update-replace",
    });
  });

  it("imports a password as it is", async () => {
    const imported = await password.read("hunter2");
    assert.equal(imported?.id, "none");
    assert.deepEqual(imported?.inputs, { length: 7 });
    assert.deepEqual(imported?.outputs["result"], new Secret("hunter2"));
    assert.deepEqual(await password.changes(imported?.outputs ?? {}, { length: 7 }), {});
  });

  it("makes bytes in two forms, both secret", async () => {
    const { base64, hex } = await bytes.made({ length: 33 });
    assert.equal(Buffer.from(String(base64), "base64").toString("hex"), hex);
    assert.equal(String(hex).length, 66);
    assert.ok((await bytes.create({ length: 1 })).outputs["hex"] instanceof Secret);
  });

  it("makes ids in four forms with the prefix, and reads them back by import", async () => {
    const made = await id.create({ byteLength: 8, prefix: "p,q-" });
    const { hex, dec, b64Url } = made.outputs;
    assert.equal(b64Url, `p,q-${made.id}`);
    assert.equal(BigInt(`0x${String(hex).slice(4)}`).toString(), String(dec).slice(4));
    assert.deepEqual((await id.read(`p,q-,${made.id}`))?.outputs, made.outputs);
  });

  it("makes UUIDs of the wanted version, those of version 7 in order of time", async () => {
    const four = driver(resources, "random:index/randomUuid:RandomUuid");
    const seven = driver(resources, "random:index/randomUuid7:RandomUuid7");
    assert.match(
      String((await four.made({}))["result"]),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const { result } = await seven.made({});
    assert.match(String(result), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
    const age = Date.now() - Number.parseInt(String(result).replace("-", "").slice(0, 12), 16);
    assert.ok(age >= 0 && age < 5000);
    await assert.rejects(async () => four.read("no-uuid"), /UUID/);
  });

  it("makes integers within both bounds, the same for the same seed", async () => {
    const results = await Promise.all(Array.from({ length: 100 }, () => integer.made({ min: -1, max: 1 })));
    assert.deepEqual(new Set(results.map(({ result }) => result)), new Set([-1, 0, 1]));
    const seeded = { min: 1, max: 1_000_000, seed: "x" };
    assert.deepEqual(await integer.made(seeded), await integer.made(seeded));
    assert.equal((await integer.failures({ min: 2, max: 1 })).length, 1);
    assert.equal((await integer.read("15390,1,50000"))?.outputs["result"], 15390);
    await assert.rejects(async () => integer.read("15390"), /RESULT,MIN,MAX/);
  });

  it("names pets with as many words as wanted", async () => {
    assert.match((await pet.create({})).id, /^[a-z]+-[a-z]+$/);
    assert.match((await pet.create({ length: 4, separator: "_", prefix: "my" })).id, /^my(_[a-z]+){4}$/);
    assert.match((await pet.create({ length: 1 })).id, /^[a-z]+$/);
  });

  it("shuffles, repeats evenly when more is wanted, and cuts when less is", async () => {
    const inputs = ["a", "b", "c"];
    const results = async (resultCount?: number) =>
      (await shuffle.made({ inputs, ...(resultCount ? { resultCount } : {}) }))["results"] as string[];
    assert.deepEqual((await results()).sort(), inputs);
    assert.equal(new Set(await results(2)).size, 2);
    assert.deepEqual((await results(6)).sort(), ["a", "a", "b", "b", "c", "c"]);
    assert.deepEqual((await shuffle.made({ inputs: [] }))["results"], []);
    await assert.rejects(async () => shuffle.read("-"), /cannot be imported/);
  });
});
