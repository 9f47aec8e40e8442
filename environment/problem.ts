/** What sort of mistake a problem is. Tests and tools rely on this, never on the wording of `message`. */
export const PROBLEM_KINDS = [
  /** A required value is not there. */
  "missing",
  /** Of the wrong type: a text where a number belongs. */
  "type",
  /** A key that means nothing here. */
  "unknown-key",
  /** Not one of a closed set of values. */
  "choice",
  /** A number, or the length of a list, beyond its limits. */
  "range",
  /** A quantity or duration with a wrong or missing unit. */
  "unit",
  /** A text that is no address, host name, URL, region or schedule. */
  "format",
  /** A name that Kubernetes, Kafka, PostgreSQL or S3 would refuse. */
  "name",
  /** A name that belongs to the software itself. */
  "reserved",
  /** The same thing given twice. */
  "duplicate",
  /** Two ranges, or a range and something else, share addresses or names. */
  "overlap",
  /** An address that is not in the network it belongs to. */
  "outside",
  /** Names something that is not declared. */
  "reference",
  /** Needs a service that this target switches off. */
  "dependency",
  /** A number of voters that cannot form a majority better than one less. */
  "quorum",
  /** More copies than there are brokers, or more acknowledgements than copies. */
  "replication",
  /** The smaller of two values is above the larger: a request above its limit. */
  "order",
  /** Machines that must not share a host do. */
  "placement",
  /** A client without redirect URIs, or with one that an attacker could use. */
  "redirect-uri",
  /** A secret in plain text, or a setting that is encrypted and must not be. */
  "secret",
] as const;

/** See {@link PROBLEM_KINDS}. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** A step into the data: the key of a mapping or the index of a list. */
export type PathSegment = string | number;

/** What a check finds, before it is known which file holds the value. */
export interface Finding {
  readonly path: readonly PathSegment[];
  readonly kind: ProblemKind;
  /** What is there: a plain value, or a short description of a mapping, a list or a hidden secret. */
  readonly value: unknown;
  /** What would be accepted, as a phrase. */
  readonly allowed: string;
  /** What was probably meant, where something is near. */
  readonly suggestion?: string;
  /** One sentence for a person: what is wrong and why. */
  readonly message: string;
}

/** One thing that is wrong with the definition or with a target's configuration. */
export interface Problem extends Omit<Finding, "path"> {
  /** Where, in the notation of `pulumi config --path`: `kafka.topics["a.b"].partitions`. Empty for the whole input. */
  readonly path: string;
  /** Which input holds the value: `environment/definition.ts`, or the stack's configuration. */
  readonly source: "definition" | "config";
}

/** Writes a path in the notation of `pulumi config --path`. */
export function formatPath(path: readonly PathSegment[]): string {
  return path.reduce<string>((written, segment) => {
    if (typeof segment === "number") return `${written}[${segment}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(segment)) return `${written}[${JSON.stringify(segment)}]`;
    return written === "" ? segment : `${written}.${segment}`;
  }, "");
}
