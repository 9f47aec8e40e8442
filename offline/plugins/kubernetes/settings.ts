import { type PropertyMap, reveal } from "../base/values";

/** What a provider was told. */
export interface Settings {
  /** Path or content of a kubeconfig. @default the usual places (`KUBECONFIG`, `~/.kube/config`, the pod's service account) */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  /** Namespace of objects that name none. @default the kubeconfig context's, else `default` */
  readonly namespace?: string;
  readonly configMapMutable: boolean;
  readonly secretMutable: boolean;
  readonly patchForce: boolean;
  readonly upsert: boolean;
  readonly deleteUnreachable: boolean;
}

/** Options of the official plugin that this twin cannot honour, with the only value it can. */
const fixed: Readonly<Record<string, string>> = {
  enableServerSideApply: "true",
  renderYamlToDirectory: "",
  skipUpdateUnreachable: "false",
};

/** What is wrong with a provider's inputs. */
export function problemsOf(inputs: PropertyMap): { property: string; reason: string }[] {
  return Object.entries(fixed).flatMap(([property, only]) => {
    const value = reveal(inputs[property] ?? null);
    return value === null || value === undefined || typeof value === "symbol" || String(value) === only
      ? []
      : [
          {
            property,
            reason: `is ${value}, but the twin of the kubernetes plugin knows only ${only || "its absence"}`,
          },
        ];
  });
}

/** Reads provider inputs, then the official plugin's environment variables, then its defaults. */
export function readSettings(inputs: PropertyMap, environment: NodeJS.ProcessEnv): Settings {
  const text = (property: string): string | undefined => {
    const value = reveal(inputs[property] ?? null);
    if (typeof value === "string") return value === "" ? undefined : value;
    return value === null ? undefined : JSON.stringify(value);
  };
  const flag = (property: string, variable: string): boolean => (text(property) ?? environment[variable]) === "true";
  const optional = <Key extends string>(key: Key, value: string | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { [key in Key]?: string };
  return {
    ...optional("kubeconfig", text("kubeconfig")),
    ...optional("context", text("context")),
    ...optional("cluster", text("cluster")),
    ...optional("namespace", text("namespace")),
    configMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    secretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    patchForce:
      flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE") ||
      environment["PULUMI_K8S_ENABLE_PATCH_FORCE"] === "true",
    upsert: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
  };
}
