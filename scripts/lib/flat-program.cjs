// The program that `scripts/bench` compares with: registers the resources of a file one by one, without components.
const fs = require("node:fs");
const pulumi = require("@pulumi/pulumi");

const resources = JSON.parse(fs.readFileSync(process.env.PLATFORM_BENCH_RESOURCES, "utf8"));
const providers = new Map();

for (const { urn, type, name, inputs, provider } of resources) {
  const given = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, value === "[secret]" ? hidden(key) : value]),
  );
  if (type.startsWith("pulumi:providers:")) {
    const { version, ...config } = given;
    providers.set(urn, new pulumi.ProviderResource(type.split(":").pop(), name, config, { version }));
  } else {
    new pulumi.CustomResource(type, name, given, { provider: providers.get(provider) });
  }
}

/** A secret in the place of one that the preview hides; `data` of a Secret is a mapping. */
function hidden(key) {
  return pulumi.secret(key === "data" ? { hidden: "aGlkZGVu" } : "hidden");
}
