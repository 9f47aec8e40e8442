import type * as k8s from "@pulumi/kubernetes";
import { parseMillicores } from "../environment/quantities";
import type { Labels } from "./labels";

type Pod = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** What a container is given. Memory is both request and limit, so that a node never takes it back under pressure. */
export interface Resources {
  /** Cores that are set aside, such as `250m`. */
  readonly cpu: string;
  /** Memory, such as `512Mi`. */
  readonly memory: string;
  /** Most cores it may use. @default no limit: spare cores are nobody's loss, and a limit throttles probes as well */
  readonly cpuLimit?: string;
}

/** Requests and limits of a container. */
export function resourceRequirements({ cpu, memory, cpuLimit }: Resources) {
  return {
    requests: { cpu, memory },
    limits: { memory, ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }) },
  } satisfies Container["resources"];
}

/** Millicores below which a virtual machine of Java does without its optimising compiler. */
const OPTIMISING = 500;

/**
 * Options of a virtual machine of Java of this size. Where it can count on less than half a core, the first of its two compilers is
 * enough: it starts in half the time, and what the other would gain comes too late.
 */
export function javaOptions({ cpu }: Resources): string[] {
  return (parseMillicores(cpu) ?? 0) < OPTIMISING ? ["-XX:TieredStopAtLevel=1"] : [];
}

/**
 * The pod half of the `restricted` Pod Security Standard
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted), and no service-account token.
 * @param user uid of the process; what the image declares.
 * @param group gid of the process and group of its volumes. @default as the uid
 */
export function restrictedPod(user: number, group = user) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: group,
      fsGroup: group,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
  } satisfies Partial<Pod>;
}

/** The container half of the same standard, with a read-only root file system. */
export function restrictedContainer() {
  return {
    imagePullPolicy: "IfNotPresent",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  } satisfies Partial<Container>;
}

/** Replicas spread over nodes where there are several; a single pod has nothing to spread. */
export function spread(replicas: number, selector: Labels): Partial<Pod> {
  if (replicas < 2) return {};
  return {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector },
      },
    ],
  };
}
