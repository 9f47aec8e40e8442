type Schema = Readonly<Record<string, unknown>>;

interface Definition {
  readonly kind?: string;
  readonly spec?: { readonly versions?: readonly { readonly schema?: { readonly openAPIV3Schema?: Schema } }[] };
}

/**
 * A definition of a custom resource with less in its schemas: without descriptions, and open where they repeat those of pods,
 * containers, volumes and affinities, which the API server checks when a pod is made of them. That leaves 0.6 MB of 3.4, and Pulumi
 * writes twice as much (inputs and outputs) with every step of an update. Any other object is left as it is.
 */
export function slimDefinition(object: Definition): Definition {
  if (object.kind !== "CustomResourceDefinition") return object;
  const versions = object.spec?.versions?.map((version) => {
    const schema = version.schema?.openAPIV3Schema;
    return schema === undefined ? version : { ...version, schema: { openAPIV3Schema: slim(schema) } };
  });
  return { ...object, spec: { ...object.spec, ...(versions === undefined ? {} : { versions }) } };
}

/** Keywords whose value is a schema, a list of them, or schemas by name (kubernetes/apiextensions-apiserver JSONSchemaProps). */
const ONE = ["items", "additionalProperties", "not"];
const LISTS = ["allOf", "anyOf", "oneOf"];
const NAMED = ["properties", "patternProperties"];

/** Fields by which a schema is known for that of a pod, a container, a volume, an affinity of Kubernetes itself. */
const CORE = [
  ["containers", "volumes", "nodeSelector"],
  ["image", "command", "volumeMounts", "livenessProbe"],
  ["configMap", "emptyDir", "hostPath"],
  ["nodeAffinity", "podAffinity", "podAntiAffinity"],
];

function slim(schema: Schema): Schema {
  if (isCore(schema)) return opened(schema);
  const entries = Object.entries(schema).filter(([key]) => key !== "description");
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (ONE.includes(key) && typeof value === "object") return [key, slim(value as Schema)];
      if (LISTS.includes(key)) return [key, (value as Schema[]).map(slim)];
      if (NAMED.includes(key)) return [key, mapSchemas(value as Readonly<Record<string, Schema>>, slim)];
      return [key, value];
    }),
  );
}

function isCore({ properties }: Schema): boolean {
  return typeof properties === "object" && CORE.some((fields) => fields.every((field) => field in (properties ?? {})));
}

/** Takes any field. Those without fields of their own keep their schemas: lists may be keyed by one. */
function opened({ properties, required }: Schema): Schema {
  const plain = Object.entries(properties as Readonly<Record<string, Schema>>).filter(
    ([, { type }]) => type !== "object" && type !== "array",
  );
  return {
    type: "object",
    "x-kubernetes-preserve-unknown-fields": true,
    properties: mapSchemas(Object.fromEntries(plain), slim),
    ...(required === undefined ? {} : { required }),
  };
}

const mapSchemas = (schemas: Readonly<Record<string, Schema>>, change: (schema: Schema) => Schema): Schema =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]));
