import { parseBytes } from "../../environment/quantities";
import { checkTargets } from "../credentials";
import { Problems } from "../problems";
import type { KeycloakSpec } from "./keycloak-realm";
import { BOOTSTRAP_CLIENT, isForPeople, type Realm, SETUP_CLIENT } from "./realm";

/** Clients that every realm of Keycloak has, and the two of the setup Job. */
const RESERVED = [
  "account",
  "account-console",
  "admin-cli",
  "broker",
  "realm-management",
  "security-admin-console",
  BOOTSTRAP_CLIENT,
  SETUP_CLIENT,
];

/** Connections that a server needs to work at all: one for its cluster, one for its own upkeep, the rest for logins. */
const LEAST_CONNECTIONS = 5;

/** All that is wrong with a login's arguments. */
export function checkKeycloak(name: string, spec: KeycloakSpec): string[] {
  const problems = new Problems(`KeycloakRealm "${name}"`);
  problems.name("name", name, 40);
  if (!URL.canParse(spec.publicUrl) || !/^https:\/\/[^@?#]*[^/@?#]$/.test(spec.publicUrl)) {
    problems.add(
      "publicUrl",
      `is ${JSON.stringify(spec.publicUrl)}. Use an https address without a final slash, such as "https://login.example.com".`,
    );
  }
  problems.whole("replicas", spec.replicas, 1, 20);
  problems.resources("resources", spec.resources);
  if ((parseBytes(spec.resources.memory) ?? 0) < 640 * 2 ** 20) {
    problems.add("resources.memory", `is "${spec.resources.memory}". Use "640Mi" or more: half of it is the heap.`);
  }
  problems.name("database.secretName", spec.database.secretName);
  problems.whole("database.connections", spec.database.connections, spec.replicas * LEAST_CONNECTIONS);
  checkRealm(problems, spec.realm);
  for (const person of Object.keys(spec.realm.people ?? {}))
    if (!Object.hasOwn(spec.keys.people, person))
      problems.add(`keys.people.${person}`, "is missing. Give each person a first password.");
  return problems.found;
}

function checkRealm(problems: Problems, { name, clients = {}, groups = {}, people = {} }: Realm): void {
  problems.name("realm.name", name);
  if (name === "master") problems.add("realm.name", 'is "master", which belongs to Keycloak. Use another name.');
  const granted = (field: string, roles: Readonly<Record<string, string>>) => {
    for (const [client, role] of Object.entries(roles)) {
      const known = clients[client]?.roles ?? [];
      if (known.includes(role)) continue;
      const allowed = known.length === 0 ? "which has none" : `which has: ${known.join(", ")}`;
      problems.add(`${field}.${client}`, `is "${role}", no role of the client "${client}", ${allowed}.`);
    }
  };
  for (const [id, client] of Object.entries(clients)) {
    const field = `realm.clients.${id}`;
    problems.name(field, id);
    if (RESERVED.includes(id)) problems.add(field, "is a name that is taken already. Use another one.");
    const uris = client.redirectUris ?? [];
    if (isForPeople(client) !== uris.length > 0) {
      const allowed = isForPeople(client) ? "Say where people come back to." : `Nobody comes back to a ${client.kind}.`;
      problems.add(`${field}.redirectUris`, `has ${uris.length} of them. ${allowed}`);
    }
    for (const uri of uris) {
      if (!URL.canParse(uri) || /[*#]/.test(uri))
        problems.add(`${field}.redirectUris`, `has ${JSON.stringify(uri)}. Use exact addresses.`);
    }
    if (client.kind !== "service" && Object.keys(client.grants ?? {}).length > 0)
      problems.add(`${field}.grants`, `is for service accounts, but this client is of kind ${client.kind}.`);
    granted(`${field}.grants`, client.grants ?? {});
    checkTargets(problems, `${field}.credentialsIn`, client.credentialsIn ?? []);
  }
  for (const [group, { roles = {} }] of Object.entries(groups)) {
    problems.name(`realm.groups.${group}`, group);
    granted(`realm.groups.${group}.roles`, roles);
  }
  for (const [person, { groups: memberOf }] of Object.entries(people)) {
    problems.name(`realm.people.${person}`, person);
    for (const group of memberOf.filter((each) => !(each in groups))) {
      const known = Object.keys(groups).join(", ") || "none";
      problems.add(`realm.people.${person}.groups`, `names "${group}", which is no group here. Use one of: ${known}.`);
    }
  }
}
