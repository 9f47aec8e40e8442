import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { type Registration, record } from "../support/recorder";

/** A component, and how to find one of the resources that it registered. */
export interface Recorded {
  readonly all: readonly Registration[];
  /** The one resource of this type whose name ends so. */
  find(type: string, suffix: string): Registration;
  /** Names of all resources of a type. */
  names(type: string): string[];
}

/** Builds a component with explicit providers, as a stack does. */
export async function recordComponent(build: (opts: pulumi.ComponentResourceOptions) => unknown): Promise<Recorded> {
  const all = await record("test", () => {
    const providers = [
      new k8s.Provider("cluster", { kubeconfig: "{}" }),
      new random.Provider("random"),
      new tls.Provider("tls"),
    ];
    build({ providers });
  });
  const own = all.filter(({ type }) => !type.startsWith("pulumi:"));
  const find = (type: string, suffix: string) => {
    const found = own.filter((each) => each.type === type && each.name.endsWith(suffix));
    const [one] = found;
    assert.ok(one !== undefined && found.length === 1, `${found.length} of ${type} with a name that ends in ${suffix}`);
    return one;
  };
  return { all: own, find, names: (type) => own.filter((each) => each.type === type).map(({ name }) => name) };
}

/** What holds for every component: its own providers, one tree, no two resources of one name, and children named after it. */
export function assertWellFormed({ all }: Recorded, type: string, name: string): void {
  const [component, ...children] = all;
  assert.equal(component?.type, type);
  for (const child of children) {
    assert.ok(child.parent.endsWith(`::${name}`), `${child.type} ${child.name} has another parent: ${child.parent}`);
    assert.ok(child.name.startsWith(`${name}-`), `${child.name} is not named after ${name}`);
    assert.notEqual(child.provider, "", `${child.name} runs on a default provider`);
  }
  assert.equal(new Set(all.map((each) => `${each.type} ${each.name}`)).size, all.length);
}

/** The plain values of a Secret's data, after asserting that each arrived as a Pulumi secret. */
export function secretData(secret: Registration): Record<string, string> {
  // A record with a secret in it may be wrapped as a whole.
  const data = unwrap(secret.inputs["data"]) as Record<string, unknown>;
  const wrapped = pulumi.runtime.isRpcSecret(secret.inputs["data"]);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      assert.ok(wrapped || pulumi.runtime.isRpcSecret(value), `${secret.name}: ${key} is not secret`);
      return [key, Buffer.from(unwrap(value) as string, "base64").toString("utf8")];
    }),
  );
}

/** What is inside a secret, or the value itself. */
export function unwrap(value: unknown): unknown {
  return pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value;
}

/** No password or key of the mocks stands in any resource but as a Pulumi secret. */
export function assertNothingLeaks({ all }: Recorded): void {
  for (const { name, inputs } of all) {
    const open = JSON.stringify(inputs, (_, value) => (pulumi.runtime.isRpcSecret(value) ? "[secret]" : value));
    assert.doesNotMatch(open, /password of |key [a-z]/, `${name} shows a secret`);
    const encoded = ["password of ", "key "].map((text) => Buffer.from(text).toString("base64").slice(0, -2));
    for (const text of encoded) assert.ok(!open.includes(text), `${name} shows a secret in base64`);
  }
}

/** The lines of the message with which building is refused. */
export async function refusals(build: (opts: pulumi.ComponentResourceOptions) => unknown): Promise<string[]> {
  try {
    await recordComponent(build);
  } catch (error) {
    assert.ok(pulumi.ResourceError.isInstance(error), `not a ResourceError: ${error}`);
    return error.message.split("\n");
  }
  return [];
}

/** Each wrong setting is refused with a line that names its field, and nothing else is complained about. */
export function assertField(lines: readonly string[], field: string): void {
  assert.ok(lines.length > 0, `nothing was refused where ${field} is wrong`);
  for (const line of lines) assert.ok(line.includes(`: ${field} `), `${line}\ndoes not name ${field}`);
}
