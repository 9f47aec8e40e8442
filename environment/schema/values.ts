import { z } from "zod";
import { canonicalNetwork, parseAddress } from "../addresses";
import { isCron } from "../cron";
import type { ProblemKind } from "../problem";
import { parseBytes, parseMillicores, parseMilliseconds, suggestBytes, suggestDuration } from "../quantities";

/** How a text must look, in the words that a problem needs. */
export interface TextFormat {
  readonly kind: ProblemKind;
  readonly allowed: string;
  readonly test: (value: string) => boolean;
  readonly suggest?: (value: string) => string | undefined;
}

function text(format: TextFormat) {
  return z
    .string()
    .refine(format.test, { params: { ...format } })
    .meta({ allowed: format.allowed });
}

/** Letters, digits and hyphens: what Kubernetes takes as a namespace, label value and service name. */
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Longest name of a workload. Kubernetes allows 63, but a StatefulSet's pods carry a label of its name and an 11 character
 * revision hash (kubernetes/kubernetes#64023).
 */
const LONGEST_WORKLOAD_NAME = 52;

/** Name of a Kubernetes namespace, also of a group, queue or node: at most 63 of a-z, 0-9 and hyphen. */
export const dnsLabel = text({
  kind: "name",
  allowed: "1 to 63 of a-z, 0-9 and hyphen, with a letter or digit at both ends",
  test: (value) => value.length <= 63 && DNS_LABEL.test(value),
  suggest: (value) => {
    const mended = value
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-")
      .replace(/^-+|-+$/g, "");
    return DNS_LABEL.test(mended) && mended.length <= 63 && mended !== value ? mended : undefined;
  },
});

/** Name of something that runs as pods. */
export const workloadName = text({
  kind: "name",
  allowed: `1 to ${LONGEST_WORKLOAD_NAME} of a-z, 0-9 and hyphen, beginning with a letter`,
  test: (value) => value.length <= LONGEST_WORKLOAD_NAME && DNS_LABEL.test(value) && /^[a-z]/.test(value),
});

/** Name of a port of a workload, by Kubernetes' rule for port names (RFC 6335). */
export const portName = text({
  kind: "name",
  allowed: "1 to 15 of a-z, 0-9 and hyphen, beginning with a letter",
  test: (value) => value.length <= 15 && DNS_LABEL.test(value) && /^[a-z]/.test(value),
});

/** TCP or UDP port. */
export const port = z.int().min(1).max(65535);

/** A domain or host name in lower case, without the final dot: at most 253 characters, each label at most 63. */
export const domainName = text({
  kind: "format",
  allowed: "a domain name in lower case such as data.example.com",
  test: (value) =>
    value.length <= 253 &&
    parseAddress(value) === undefined &&
    value.split(".").every((label) => label.length <= 63 && DNS_LABEL.test(label)) &&
    (value.includes(".") || value === "localhost"),
  suggest: (value) => {
    const bare = value
      .toLowerCase()
      .replace(/^https?:\/\//, "")
      .replace(/[/:].*$/, "")
      .replace(/\.$/, "");
    return bare !== value && bare.includes(".") ? bare : undefined;
  },
});

/** An IPv4 address. */
export const address = text({
  kind: "format",
  allowed: "an IPv4 address such as 10.20.0.11",
  test: (value) => parseAddress(value) !== undefined,
});

/** An IPv4 network in CIDR notation whose address has no bits beyond the prefix. */
export const network = text({
  kind: "format",
  allowed: "an IPv4 network such as 10.20.0.0/24, without bits beyond the prefix",
  test: (value) => canonicalNetwork(value) === value,
  suggest: canonicalNetwork,
});

/** CPUs as Kubernetes writes them: thousandths (`250m`) or whole and decimal CPUs (`2`, `0.5`). */
export const cpu = text({
  kind: "unit",
  allowed: 'CPUs such as "250m" or "2"',
  test: (value) => parseMillicores(value) !== undefined,
});

/** Memory or storage in binary units. Others are refused: `512m` would be half a byte for Kubernetes. */
export const byteQuantity = text({
  kind: "unit",
  allowed: "a whole number with Ki, Mi, Gi or Ti, such as 512Mi",
  test: (value) => parseBytes(value) !== undefined,
  suggest: suggestBytes,
});

/** A length of time: a whole number and ms, s, m, h or d. */
export const duration = text({
  kind: "unit",
  allowed: "a whole number with ms, s, m, h or d, such as 7d",
  test: (value) => parseMilliseconds(value) !== undefined,
  suggest: suggestDuration,
});

/** How long something is kept: a duration, or `forever`. */
export const retention = text({
  kind: "unit",
  allowed: "a whole number with ms, s, m, h or d, such as 7d, or forever",
  test: (value) => value === "forever" || parseMilliseconds(value) !== undefined,
  suggest: (value) =>
    suggestDuration(value) ?? (/^(-1|never|infinite|unlimited)$/i.test(value) ? "forever" : undefined),
});

/** When something recurs: the five fields of cron, in UTC. */
export const schedule = text({
  kind: "format",
  allowed: 'the five fields of cron in numbers (minute, hour, day, month, weekday from 0), such as "0 3 * * *"',
  test: isCron,
});

/** An https address without user, password, query or fragment. */
export const httpsUrl = text({
  kind: "format",
  allowed: "an https address such as https://pve.example.internal:8006",
  test: (value) => URL.canParse(value) && /^https:\/\/[^@?#]+$/.test(value),
});

/** A sentence for people. */
export const sentence = text({
  kind: "format",
  allowed: "a few words for people",
  test: (value) => value.trim().length > 0,
});

/** A text that must match, with its own words for what is allowed. */
export const name = (allowed: string, pattern: RegExp) =>
  text({ kind: "name", allowed, test: (value) => pattern.test(value) });

/** Like {@link name}, for texts that are not names. */
export const formatted = (allowed: string, pattern: RegExp) =>
  text({ kind: "format", allowed, test: (value) => pattern.test(value) });
