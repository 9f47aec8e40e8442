import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { paths } from "../../scripts/lib/paths";
import { platformEnvironment } from "../../scripts/lib/platform-environment";
import { attempt, type Finished } from "../../scripts/lib/run";

/** A program of the platform's environment in the repository's folder, and how it ended. */
export async function tool(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return attempt(command, args, { cwd: paths.root, env: { ...(await platformEnvironment()), ...more } });
}

/** The same, and it must end with 0; answers its standard output. */
export async function succeeds(
  command: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, stdout, stderr } = await tool(command, args, more);
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A command of scripts/. */
export function script(name: string, ...args: string[]): Promise<Finished> {
  return tool(join(paths.root, "scripts", name), args);
}

export function kubectl(...args: string[]): Promise<string> {
  return succeeds("kubectl", ["--kubeconfig", paths.kubeconfig, ...args]);
}

/** `kubectl get ... -o json`, parsed. */
export async function get<T = KubernetesList>(...args: string[]): Promise<T> {
  return JSON.parse(await kubectl("get", ...args, "-o", "json"));
}

export interface KubernetesList {
  readonly items: readonly KubernetesObject[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A program that goes on running while the test does; standard output is collected. */
export async function start(
  command: string,
  args: readonly string[],
): Promise<ChildProcess & { output: () => string }> {
  const child = spawn(command, args, {
    cwd: paths.root,
    env: await platformEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  return Object.assign(child, { output: () => text });
}

/** Resolves with the exit code, or with -1 where a signal ended the program. */
export function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? -1);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? -1)));
}

/** Asks again and again until `question` answers something; fails, naming what was awaited, after the limit. */
export async function eventually<T>(what: string, seconds: number, question: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await question();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    await pause(500);
  }
  throw new Error(`${what}: not within ${seconds} s${last === undefined ? "" : ` (${(last as Error).message})`}`);
}
