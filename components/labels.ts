/** Labels that every object of a stack carries, such as `platform.data/stack`. Computed once by the stack. */
export type Labels = Readonly<Record<string, string>>;

/** What makes the pods of one workload known: the part of the labels that selectors use. Never changes. */
export interface Identity {
  /** What runs, such as `valkey`. */
  readonly name: string;
  /** Which one of it, unique in its namespace. */
  readonly instance: string;
}

/** Labels that select the pods of a workload. */
export function selectorLabels({ name, instance }: Identity): Labels {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance };
}

/** All labels of an object: those common to the stack, who it belongs to, and its role there (`broker`, `apply`, ...). */
export function objectLabels(common: Labels, identity: Identity, role: string): Labels {
  return {
    ...common,
    ...selectorLabels(identity),
    "app.kubernetes.io/component": role,
    "app.kubernetes.io/part-of": "platform",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}
