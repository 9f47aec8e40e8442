import type { KubeObject } from "../object";
import { conditionOf, explain, failed, isTrue, type Judgement, ready, waiting } from "./judgement";

/** A CustomResourceDefinition is ready when the API serves its kind. */
export function judgeDefinition(definition: KubeObject): Judgement {
  const names = conditionOf(definition, "NamesAccepted");
  if (names !== undefined && !isTrue(names) && explain(names) !== "") {
    return failed(`the API server does not accept the names of the kind: ${explain(names)}`);
  }
  return isTrue(conditionOf(definition, "Established")) ? ready : waiting("the API server does not serve the kind yet");
}
