import { InitFailed, type ResourceRequest } from "../base/plugin";
import type { PropertyMap } from "../base/values";
import { Refused } from "./cluster";
import { BadKubeconfig } from "./connection";
import { UnknownKind } from "./discovery";
import { describe, type KubeObject } from "./object";
import { ApiError, Unreachable } from "./rest";
import { redact } from "./secrets";
import type { Session } from "./session";
import type { Settings } from "./settings";

/** What was thrown as an error for the user: which object, what was tried, what the API server said, no secret. */
export function toUserError(thrown: unknown, inputs: PropertyMap, tried: string, object: KubeObject): Error {
  if (thrown instanceof InitFailed || thrown instanceof Refused) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const hint =
    isGone(thrown) && tried === "changed" ? ". Run `pulumi refresh` if it was deleted behind Pulumi's back." : "";
  const unreachable = thrown instanceof Unreachable && tried !== "created" && tried !== "changed";
  const way = unreachable
    ? ". If the cluster is gone for good, set PULUMI_K8S_DELETE_UNREACHABLE=true to drop its objects from the state."
    : "";
  return new Error(`${describe(object)} was not ${tried}: ${redact(message, inputs)}${hint}${way}`);
}

/** True if the object does not exist, or if nobody can tell and the user said that this means so. */
export function isNotThere(thrown: unknown, { deleteUnreachable }: Settings): boolean {
  const unreachable = thrown instanceof Unreachable || thrown instanceof BadKubeconfig;
  return isGone(thrown) || thrown instanceof UnknownKind || (unreachable && deleteUnreachable);
}

/**
 * A preview that the API server could not make is answered from the inputs where that says nothing against the program: the namespace
 * or the kind is created by the same update, the object is about to be replaced, there is no cluster yet, dry runs are forbidden.
 * @throws anything else
 */
export async function unlessForeseeable(
  thrown: unknown,
  session: Session,
  inputs: PropertyMap,
  request: ResourceRequest,
  tried: string,
  object: KubeObject,
): Promise<PropertyMap> {
  if (thrown instanceof Unreachable || thrown instanceof BadKubeconfig) {
    if (session.isFirstTrouble()) {
      await request.log("warning", `this and what follows is shown from the inputs alone: ${thrown.message}`);
    }
    return inputs;
  }
  const isRefusedCreation = thrown instanceof Refused && tried === "created";
  const isForbidden = thrown instanceof ApiError && (thrown.code === 403 || thrown.code === 404);
  if (thrown instanceof UnknownKind || isRefusedCreation || isForbidden) return inputs;
  throw toUserError(thrown, inputs, tried, object);
}

/** True if the API server says that there is no such object. */
function isGone(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 404;
}
