import assert from "node:assert/strict";
import { type PropertyMap, Secret, type Value } from "../../../../offline/plugins/base/values";
import { markByKind, markLike, redact, secretTexts } from "../../../../offline/plugins/kubernetes/secrets";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const secretObject = (fields: PropertyMap): PropertyMap => ({ apiVersion: "v1", kind: "Secret", ...fields });

describe("secrets", () => {
  it("makes a Secret's content secret whatever the program says", () => {
    const marked = markByKind(secretObject({ data: { a: "MQ==" }, stringData: { b: "2" }, type: "Opaque" }));
    assert.ok(marked["data"] instanceof Secret && marked["stringData"] instanceof Secret);
    assert.equal(marked["type"], "Opaque");
    assert.deepEqual(markByKind({ apiVersion: "example.com/v1", kind: "Secret", data: {} })["data"], {});
  });

  it("keeps outputs secret where the inputs are, wherever the text turns up", () => {
    const inputs: PropertyMap = { spec: { env: [{ value: new Secret("hunter22") }, { value: "plain" }] } };
    const live: PropertyMap = {
      metadata: { annotations: { applied: '{"value":"hunter22"}' } },
      spec: { env: [{ value: "injected" }, { value: "hunter22" }] },
    };
    const marked = markLike(live, inputs) as {
      spec: { env: { value: Value }[] };
      metadata: { annotations: { applied: Value } };
    };
    assert.ok(marked.metadata.annotations.applied instanceof Secret);
    assert.ok(marked.spec.env[1]?.value instanceof Secret);
  });

  it("does not hide what the program says in plain", () => {
    const inputs: PropertyMap = { metadata: { name: "postgres" }, spec: { user: new Secret("postgres") } };
    const marked = markLike({ metadata: { name: "postgres", uid: "postgres-1" }, spec: { user: "postgres" } }, inputs);
    assert.deepEqual(marked["metadata"], { name: "postgres", uid: "postgres-1" });
    assert.deepEqual(marked["spec"], { user: new Secret("postgres") });
  });

  it("blots secrets out of messages, raw and encoded", () => {
    const inputs = secretObject({ stringData: { a: "hunter22" }, data: { b: base64("swordfish") } });
    const message = redact(
      `Invalid value: "hunter22", ${base64("hunter22")}, swordfish, ${base64("swordfish")}`,
      inputs,
    );
    assert.equal(message, 'Invalid value: "[secret]", [secret], [secret], [secret]');
  });

  it("does not look for what is too short to be told from other text", () => {
    assert.deepEqual(secretTexts({ a: new Secret("yes"), b: new Secret(true) }), [base64("yes")]);
  });
});
