import type { Manifest } from "./manifest-object";

/** Keys of a schema whose value is data of users and no schema. https://spec.openapis.org/oas/v3.0.3#schema-object */
const DATA = new Set(["default", "enum", "example"]);

/**
 * A definition of a custom resource without the descriptions in its schemas: they are two thirds of it, mean nothing to the API server
 * but for `kubectl explain`, and Pulumi writes them down with every step of an update. Any other object is left as it is.
 */
export function withoutDescriptions(object: Manifest): Manifest {
  if (object.kind !== "CustomResourceDefinition") return object;
  const spec = object["spec"] as { readonly versions: readonly { readonly schema?: object }[] };
  const versions = spec.versions.map((version) => ({ ...version, schema: schemaWithout(version.schema) }));
  return { ...object, spec: { ...spec, versions } };
}

function schemaWithout(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(schemaWithout);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      // A property may be called `description`: then it is a schema, not a text.
      .filter(([key, value]) => key !== "description" || typeof value !== "string")
      .map(([key, value]) => [key, DATA.has(key) ? value : schemaWithout(value)]),
  );
}
