// The Pulumi program of every conformance case: registers the resources that a JSON file lists. `{"$secret": X}` stands for
// a secret, `{"$unknown": true}` for a value that no preview knows.
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const { version } = require("@pulumi/kubernetes/package.json");

class Provider extends pulumi.ProviderResource {
  constructor(name, args) {
    super("kubernetes", name, args, { version });
  }
}

class KubernetesObject extends pulumi.CustomResource {}

const { providers, resources } = JSON.parse(readFileSync(process.env.CONFORMANCE_PROGRAM, "utf8"));
const made = new Map();
for (const { name, args } of providers) made.set(name, new Provider(name, inputsOf(args)));
for (const { type, name, inputs, options } of resources) {
  const { provider, dependsOn = [], ...rest } = options;
  const references = { provider: made.get(provider), dependsOn: dependsOn.map((other) => made.get(other)) };
  made.set(name, new KubernetesObject(type, name, inputsOf(inputs), { ...rest, ...references, version }));
}

function inputsOf(value) {
  if (Array.isArray(value)) return value.map(inputsOf);
  if (value === null || typeof value !== "object") return value;
  if ("$secret" in value) return pulumi.secret(inputsOf(value.$secret));
  if ("$unknown" in value) return unknown();
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inputsOf(member)]));
}

function unknown() {
  const no = Promise.resolve(false);
  return new pulumi.Output(new Set(), Promise.resolve(undefined), no, no, Promise.resolve([]));
}
