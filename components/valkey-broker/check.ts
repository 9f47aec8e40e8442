import { parseBytes } from "../../environment/quantities";
import { checkTargets } from "../credentials";
import { Problems } from "../problems";
import { OWN_USERS } from "./config";
import type { ValkeyBrokerSpec } from "./valkey-broker";

/** Users that Valkey or this component have. */
const TAKEN: readonly string[] = ["default", ...Object.values(OWN_USERS)];

/** All that is wrong with a broker's arguments. */
export function checkBroker(name: string, spec: ValkeyBrokerSpec): string[] {
  const problems = new Problems(`ValkeyBroker "${name}"`);
  problems.name("name", name, 40);
  problems.whole("replicas", spec.replicas, 1);
  problems.size("storage.size", spec.storage.size);
  problems.size("maxMemory", spec.maxMemory);
  problems.resources("resources", spec.resources);
  if ((parseBytes(spec.maxMemory) ?? 0) >= (parseBytes(spec.resources.memory) ?? Number.POSITIVE_INFINITY)) {
    problems.add(
      "maxMemory",
      `is "${spec.maxMemory}", but the pod has ${spec.resources.memory}. Use less, or give it more resources.memory: rewriting its file takes memory too.`,
    );
  }
  for (const [user, { keyPrefix = "", credentialsIn = [] }] of Object.entries(spec.users)) {
    const field = `users.${user}`;
    problems.name(field, user);
    if (TAKEN.includes(user)) problems.add(field, "is a user of Valkey's or the broker's own. Use another name.");
    if (!/^[A-Za-z0-9:._-]*$/.test(keyPrefix)) {
      problems.add(
        `${field}.keyPrefix`,
        `is ${JSON.stringify(keyPrefix)}. Use letters, digits, ":", ".", "_" and "-".`,
      );
    }
    checkTargets(problems, `${field}.credentialsIn`, credentialsIn);
  }
  return problems.found;
}
