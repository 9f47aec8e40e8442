import { readFileSync } from "node:fs";
import { paths } from "../../scripts/lib/paths";
import type { Json, Manifest, Resource, World } from "./case";

type Metadata = NonNullable<Manifest["metadata"]>;

/** Lets the program go on without waiting for readiness. */
export const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" };

/** The provider as the platform sets it: data change in place. */
export const mutable = () => ({ enableConfigMapMutable: "true", enableSecretMutable: "true" });

/** A resource whose object lies in the case's namespace under the resource's own name, unless `metadata` says otherwise. */
export function resource(
  world: World,
  name: string,
  { metadata, ...manifest }: Manifest,
  options?: Resource["options"],
): Resource {
  const full: Metadata = { name, namespace: world.namespace, ...metadata };
  return { name, manifest: { ...manifest, metadata: full } as Manifest, ...(options ? { options } : {}) };
}

export function configMap(world: World, data: Json, metadata: Metadata = {}, options?: Resource["options"]): Resource {
  return resource(world, "config", { apiVersion: "v1", kind: "ConfigMap", metadata, data }, options);
}

export function secret(world: World, fields: Readonly<Record<string, Json>>, metadata: Metadata = {}): Resource {
  return resource(world, "secret", { apiVersion: "v1", kind: "Secret", metadata, ...fields });
}

/** Where the object of {@link configMap} is. */
export const configHeader = (world: World) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: "config",
  namespace: world.namespace,
});

/** The object of {@link configMap} as somebody else writes it. */
export const foreignConfig = (world: World, data: Json, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "config", namespace: world.namespace, ...metadata },
  data,
});

/** A port that nothing listens on; enough for objects that never get pods. */
export function service(world: World, spec: Readonly<Record<string, Json>>, metadata: Metadata = {}): Resource {
  return resource(world, "service", { apiVersion: "v1", kind: "Service", metadata, spec });
}

export interface PodOptions {
  /** Arguments of the pause image's program. @default it waits for ever */
  readonly args?: readonly string[];
  /** @default the image `pause` of the platform */
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, Json>>;
  readonly container?: Readonly<Record<string, Json>>;
}

/** A pod as Pod Security `restricted` wants it. */
export function podTemplate({
  args,
  image = pauseImage(),
  labels = { app: "test" },
  spec,
  container,
}: PodOptions = {}) {
  return {
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65535, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "main",
          image,
          imagePullPolicy: "IfNotPresent",
          ...(args ? { command: ["/pause", ...args] } : {}),
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          ...container,
        },
      ],
      ...spec,
    },
  };
}

/** A Deployment of one pod under the name `deployment`. */
export function deployment(
  world: World,
  pod: PodOptions = {},
  { metadata, options, spec }: { metadata?: Metadata; options?: Resource["options"]; spec?: object } = {},
): Resource {
  const template = podTemplate(pod);
  return resource(
    world,
    "deployment",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata ?? {},
      spec: { replicas: 1, selector: { matchLabels: template.metadata.labels }, template, ...spec },
    },
    options,
  );
}

/** The image that the node surely has; where images were not built, a name that only cases without pods may use. */
function pauseImage(): string {
  try {
    return JSON.parse(readFileSync(paths.imagesFile, "utf8")).pause;
  } catch {
    return "localhost/platform/pause";
  }
}

/** A group of the run's own, so that cases and runs do not share definitions. */
export const widgetGroup = (world: World) => `${world.id}.conformance.test`;

const text = { type: "string" };
const condition = { type: "object", properties: { type: text, status: text, reason: text } };
const WIDGET_PROPERTIES = {
  spec: { type: "object", properties: { size: { type: "integer" } } },
  status: { type: "object", properties: { phase: text, conditions: { type: "array", items: condition } } },
};

/** The definition of a custom resource `Widget`. */
export function widgetDefinition(world: World, description = "for conformance tests") {
  const group = widgetGroup(world);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", description, properties: WIDGET_PROPERTIES } },
        },
      ],
    },
  } as const;
}

/** A `Widget` under the name `widget`. */
export function widget(
  world: World,
  annotations: Readonly<Record<string, Json>>,
  options: Resource["options"] = { customTimeouts: { create: "30s", update: "30s" } },
): Resource {
  return resource(
    world,
    "widget",
    { apiVersion: `${widgetGroup(world)}/v1`, kind: "Widget", metadata: { annotations }, spec: { size: 1 } },
    options,
  );
}

export const widgetHeader = (world: World) => ({
  apiVersion: `${widgetGroup(world)}/v1`,
  kind: "Widget",
  name: "widget",
  namespace: world.namespace,
});
