import { paths } from "./paths";
import type { PendingOperation } from "./recover";
import { run } from "./run";

/** A resource of the state, as far as it is used here. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Of an object of Kubernetes: `namespace/name`. */
  readonly id?: string;
  /** Of a workload of Kubernetes, as far as it is used here. */
  readonly inputs?: { readonly spec?: { readonly replicas?: number } };
  /** Replaced by another one, and to be deleted by the next update. */
  readonly delete?: boolean;
}

/** What a stack's state holds, and which operations a stopped `pulumi` never finished. Secrets in it stay encrypted. */
export interface StackState {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
}

/** Reads the state of a stack. Rejects where there is no such stack. `env`: that of the CLI. */
export async function stateOf(stack: string, env: NodeJS.ProcessEnv): Promise<StackState> {
  const exported = await run("pulumi", ["stack", "export", "--stack", stack], { env, cwd: paths.root });
  const { resources = [], pending_operations: pending = [] } = JSON.parse(exported).deployment;
  return { resources, pending };
}
