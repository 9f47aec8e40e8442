import type { Cluster } from "./cluster";

/** Any JSON value; `{ $secret: X }` and `{ $unknown: true }` mean what the program makes of them. */
export type Json = unknown;

/** A Kubernetes object as the program gives it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string | null;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, Json>> | null;
    readonly annotations?: Readonly<Record<string, Json>> | null;
    readonly finalizers?: readonly string[];
  };
  readonly [field: string]: Json;
}

/** One resource of a case's program. */
export interface Resource {
  /** Name in the program, unique within the case. */
  readonly name: string;
  readonly manifest: Manifest;
  /** Names of the provider that it belongs to; see {@link ConformanceCase.provider}. */
  readonly options?: {
    readonly dependsOn?: readonly string[];
    readonly import?: string;
    readonly ignoreChanges?: readonly string[];
    readonly customTimeouts?: { readonly create?: string; readonly update?: string; readonly delete?: string };
  };
}

export type Operation = "create" | "update" | "replace" | "delete" | "same" | "import";

/** What a command must do to a case's resources, by their names in the program. */
export interface Expectation {
  /** Operation of each resource that is listed. */
  readonly ops?: Readonly<Record<string, Operation>>;
  /** Paths that a resource's detailed diff must have; others may be there too. */
  readonly diff?: Readonly<Record<string, readonly string[]>>;
  /** Texts that the error of a resource must contain (names, fields, reasons; no wording). A resource not listed must not fail. */
  readonly errors?: Readonly<Record<string, readonly (string | RegExp)[]>>;
  /** Parts of a resource's outputs. */
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Whatever else must hold; it fails by throwing. */
  readonly also?: (seen: Seen, world: World) => void | Promise<void>;
}

/** What a command did to one case. */
export interface Seen {
  readonly resources: Readonly<Record<string, SeenResource>>;
  /** The stack's state file as text, which all cases of a group share. */
  readonly state: string;
}

export interface SeenResource {
  readonly op: Operation | undefined;
  readonly diff: readonly string[];
  readonly error: string;
  readonly warnings: string;
  /** Id in state after the command. */
  readonly id: string;
  /** Outputs after the command; secrets as the engine writes them. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Whether the engine was done with it. */
  readonly ended: boolean;
}

/** One command of a case. */
export interface Step {
  readonly run: "preview" | "up" | "refresh";
  /** Changes behind Pulumi's back, made before the command. */
  readonly before?: (world: World) => Promise<void>;
  /** The program. @default that of the step before */
  readonly program?: (world: World) => readonly Resource[];
  /** Environment of the command. @default none */
  readonly env?: Readonly<Record<string, string>>;
  readonly expect: Expectation;
}

export interface ConformanceCase {
  /** What holds, as a sentence. */
  readonly name: string;
  /** Whether pods must run, which needs a node. @default false */
  readonly pods?: boolean;
  /** Inputs of the case's provider beside the kubeconfig, or in its place. @default none */
  readonly provider?: (world: World) => Readonly<Record<string, Json>>;
  /** Takes away what lies outside the case's namespace and the stack. @default nothing */
  readonly after?: (world: World) => Promise<void>;
  readonly steps: readonly Step[];
}

/** Where a case plays. */
export interface World {
  readonly cluster: Cluster;
  /** The case's own namespace; it exists. */
  readonly namespace: string;
  /** Prefix of the case's names in the program and in the cluster; unique per run. */
  readonly id: string;
}
