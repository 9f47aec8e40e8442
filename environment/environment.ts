import type { Definition } from "./schema/definition";
import type { StackConfig, Target } from "./schema/stack-config";

/** `T` with every field, entry and item read-only. */
type Frozen<T> = T extends string | number | boolean | undefined ? T : { readonly [K in keyof T]: Frozen<T[K]> };

/** `T` where anything may be missing: what is left of an input after its wrong parts are taken out. */
type Draft<T> = T extends string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly (Draft<Item> | undefined)[]
    : { readonly [K in keyof T]?: Draft<T[K]> | undefined };

type Host = Definition["hosts"][string] & {
  /** Full host name: `airflow.data.example.com`. */
  readonly name: string;
  /** Address that people open, with the gateway's port where it is not 443, without a final slash. */
  readonly url: string;
};

type Door = Definition["doors"][string] & {
  /** Full host name. */
  readonly name: string;
  /** Port there. */
  readonly hostPort: number;
};

type Topic = Definition["kafka"]["topics"][string] & {
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  readonly segment: string;
};

/** The definition, once it stands on a target: nothing is left to be looked up elsewhere. */
interface Settled extends Omit<Definition, "hosts" | "doors" | "kafka"> {
  readonly protect: boolean;
  readonly hosts: Readonly<Record<string, Host>>;
  readonly doors: Readonly<Record<string, Door>>;
  readonly kafka: Omit<Definition["kafka"], "topics"> & { readonly topics: Readonly<Record<string, Topic>> };
}

type Place<T extends Target> = Omit<Extract<StackConfig, { target: T }>, keyof Settled> & Settled;

/** An environment of one target. */
export type EnvironmentOf<T extends Target> = Frozen<Place<T>>;

/**
 * The platform on one target: definition and stack configuration merged, checked as a whole, and deeply frozen. `target` tells
 * which of the target's own fields are there. It never holds a secret.
 */
export type Environment = { [T in Target]: EnvironmentOf<T> }[Target];

/** Definition and configuration merged, before it is known whether they are right. All targets' own fields are possible. */
export type Unchecked = Draft<
  Definition &
    Omit<Extract<StackConfig, { target: "dev" }>, keyof Definition | "target" | "network"> &
    Omit<Extract<StackConfig, { target: "onprem" }>, keyof Definition | "target" | "network"> &
    Omit<Extract<StackConfig, { target: "aws" }>, keyof Definition | "target" | "network"> & {
      target: Target;
      network: Partial<Extract<StackConfig, { target: "onprem" }>["network"]> &
        Partial<Extract<StackConfig, { target: "aws" }>["network"]>;
    }
>;
