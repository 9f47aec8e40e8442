import { isMap, type PropertyMap, reveal } from "../base/values";
import { annotationOf, type KubeObject } from "./object";

/**
 * Annotations by which a program steers one resource.
 * @see https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#annotations
 */
export const annotations = {
  autonamed: "pulumi.com/autonamed",
  deletionPropagation: "pulumi.com/deletionPropagationPolicy",
  patchForce: "pulumi.com/patchForce",
  replaceUnready: "pulumi.com/replaceUnready",
  skipAwait: "pulumi.com/skipAwait",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  waitFor: "pulumi.com/waitFor",
} as const;

export function isMarked(object: KubeObject, annotation: string): boolean {
  return annotationOf(object, annotation) === "true";
}

/** The same of inputs, which may hold secrets and unknowns. */
export function isMarkedIn(inputs: PropertyMap, annotation: string): boolean {
  const metadata = reveal(inputs["metadata"] ?? null);
  const marks = isMap(metadata) ? metadata["annotations"] : undefined;
  return isMap(marks) && marks[annotation] === "true";
}

/** How long to wait: `customTimeouts`, else the annotation, else the kind's default. */
export function timeoutOf(customSeconds: number, object: KubeObject, defaultSeconds: number): number {
  if (customSeconds > 0) return customSeconds;
  const annotated = Number(annotationOf(object, annotations.timeoutSeconds) ?? Number.NaN);
  return Number.isInteger(annotated) && annotated > 0 ? annotated : defaultSeconds;
}

export type Propagation = "Orphan" | "Background" | "Foreground";

/** Foreground unless the annotation says otherwise. */
export function propagationOf(object: KubeObject): Propagation {
  switch (annotationOf(object, annotations.deletionPropagation)?.toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}
