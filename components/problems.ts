import * as pulumi from "@pulumi/pulumi";
import { parseBytes, parseMillicores } from "../environment/quantities";

/** Refuses to build a component, with all its problems in one message that Pulumi shows on that resource without a stack. */
export function refuse(problems: readonly string[], owner: pulumi.Resource): void {
  if (problems.length > 0) throw new pulumi.ResourceError(problems.join("\n"), owner, true);
}

/** RFC 1123 label, which Kubernetes asks of most names. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Collects what is wrong with one component's arguments; each message names component, field, value and what is allowed. */
export class Problems {
  readonly found: string[] = [];
  readonly #owner: string;

  /** @param owner Kind and name as the reader knows it, such as `KafkaCluster "kafka"`. */
  constructor(owner: string) {
    this.#owner = owner;
  }

  add(field: string, text: string): void {
    this.found.push(`${this.#owner}: ${field} ${text}`);
  }

  name(field: string, value: string, limit = 63): void {
    if (LABEL.test(value) && value.length <= limit) return;
    this.add(
      field,
      `is ${JSON.stringify(value)}. Use 1 to ${limit} lower-case letters, digits and "-", beginning and ending with a letter or digit.`,
    );
  }

  size(field: string, value: string): void {
    if (parseBytes(value) === undefined)
      this.add(field, `is ${JSON.stringify(value)}. Use a size such as "512Mi" or "10Gi".`);
  }

  cpu(field: string, value: string): void {
    if (parseMillicores(value) === undefined)
      this.add(field, `is ${JSON.stringify(value)}. Use cores such as "0.5" or "500m".`);
  }

  whole(field: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    this.add(field, `is ${value}. Use a whole number, ${range}.`);
  }

  /** Requests and limits of a container. */
  resources(field: string, { cpu, memory, cpuLimit }: { cpu: string; memory: string; cpuLimit?: string }): void {
    this.cpu(`${field}.cpu`, cpu);
    this.size(`${field}.memory`, memory);
    if (cpuLimit !== undefined) this.cpu(`${field}.cpuLimit`, cpuLimit);
  }

  /** No two of the values are the same. */
  distinct(field: string, values: readonly string[]): void {
    const twice = values.filter((value, index) => values.indexOf(value) !== index);
    for (const value of new Set(twice)) this.add(field, `names ${JSON.stringify(value)} more than once. Keep one.`);
  }
}
