import type { Plain } from "../../base/values";
import { at, type KubeObject, listAt, nameOf, numberAt, textAt } from "../object";
import { conditionOf, explain } from "./judgement";

/** Reasons for which a container waits in an ordinary start. */
const ordinary: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);

/** What keeps a pod from being ready, one line each: `pod "web-1": container "app": ImagePullBackOff: ...`. */
export function podProblems(pod: KubeObject): string[] {
  const prefix = `pod "${nameOf(pod)}"`;
  const scheduled = conditionOf(pod, "PodScheduled");
  const unscheduled = at(scheduled, "status") === "False" ? [`${prefix}: ${explain(scheduled)}`] : [];
  const evicted = textAt(pod, "status", "reason");
  const statuses = [...listAt(pod, "status", "initContainerStatuses"), ...listAt(pod, "status", "containerStatuses")];
  return [
    ...unscheduled,
    ...(evicted === undefined ? [] : [`${prefix}: ${evicted}: ${textAt(pod, "status", "message") ?? ""}`]),
    ...statuses.flatMap((status) =>
      containerProblem(status).map((problem) => `${prefix}: container "${textAt(status, "name")}": ${problem}`),
    ),
  ];
}

function containerProblem(status: Plain): string[] {
  const waiting = at(status, "state", "waiting");
  const reason = textAt(waiting, "reason");
  const ended = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const exit = ended === undefined || numberAt(ended, "exitCode") === 0 ? [] : [describeExit(ended)];
  if (reason !== undefined && !ordinary.has(reason)) {
    const message = textAt(waiting, "message");
    return [[message === undefined ? reason : `${reason}: ${message}`, ...exit].join("; ")];
  }
  return exit;
}

function describeExit(ended: Plain): string {
  const message = textAt(ended, "message")?.trim();
  const said = message === undefined || message === "" ? "" : `: ${message}`;
  return `last ended with ${textAt(ended, "reason") ?? "an error"}, exit code ${numberAt(ended, "exitCode")}${said}`;
}
