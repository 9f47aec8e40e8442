import type { Plain } from "../../base/values";
import { at, type KubeObject, listAt, numberAt, textAt } from "../object";

/** Whether an object has become what it should. */
export interface Judgement {
  readonly ready: boolean;
  /** It cannot become ready any more: waiting is of no use. @default false */
  readonly failed?: boolean;
  /** What is still missing or what failed, for people. */
  readonly message: string;
}

export const ready: Judgement = { ready: true, message: "ready" };
export const waiting = (message: string): Judgement => ({ ready: false, message });
export const failed = (message: string): Judgement => ({ ready: false, failed: true, message });

/** The condition of a type in `status.conditions`. */
export function conditionOf(object: KubeObject, type: string): Plain | undefined {
  return listAt(object, "status", "conditions").find((condition) => textAt(condition, "type") === type);
}

/** True if the controller has not yet seen the newest spec, so its status tells of an older one. */
export function isStale(object: KubeObject): boolean {
  const observed = numberAt(object, "status", "observedGeneration");
  const generation = numberAt(object, "metadata", "generation") ?? 0;
  return observed === undefined || observed < generation;
}

/** `reason: message` of a condition, whatever of it there is. */
export function explain(condition: Plain | undefined): string {
  return [textAt(condition, "reason"), textAt(condition, "message")].filter((part) => part !== undefined).join(": ");
}

export function isTrue(condition: Plain | undefined): boolean {
  return at(condition, "status") === "True";
}
