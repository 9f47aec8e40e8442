import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { defaultKubeconfig, stackSettings } from "../../environment";
import { paths } from "./paths";

/** A Kubernetes of the user's own, as `Pulumi.dev.yaml` names it. */
export interface GivenContext {
  readonly context: string;
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
}

/** `platform:kubeContext` and `platform:kubeconfig` of the dev stack; undefined where no context is set. Throws where they are no text. */
export function givenContext(): GivenContext | undefined {
  const { kubeContext, kubeconfig } = stackSettings(configOfDev());
  if (kubeContext === undefined) return undefined;
  return {
    context: text("kubeContext", kubeContext),
    kubeconfig: kubeconfig === undefined ? defaultKubeconfig(process.env, homedir()) : text("kubeconfig", kubeconfig),
  };
}

function text(setting: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Error(
    `platform:${setting} in Pulumi.dev.yaml is ${JSON.stringify(value)}. Use a text: pulumi config set platform:${setting} VALUE -s dev`,
  );
}

/** What the dev stack's file sets; nothing where there is none. It is the one that the CLI takes. Throws where it is no YAML. */
export function configOfDev(): Readonly<Record<string, unknown>> {
  const file = process.env["PULUMI_OPTION_CONFIG_FILE"] ?? join(paths.root, "Pulumi.dev.yaml");
  try {
    return parse(readFileSync(file, "utf8"))?.config ?? {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${file} cannot be read: ${(error as Error).message.trim()}\nMend it, or take it from git.`);
  }
}

/** Settings as the SDK wants them: strings, with JSON for what is not one. */
export function sdkSettings(config: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
