import { z } from "zod";
import { dnsLabel, formatted, name, sentence, workloadName } from "./values";

const roleName = name("1 to 64 letters, digits, underscores and hyphens", /^[A-Za-z][\w-]{0,63}$/);

/** Something that lets people or programs log in through the realm. Key: its client id. */
const client = z.strictObject({
  /**
   * `confidential`: a server that keeps a secret. `public`: a browser or command-line program, PKCE only.
   * `service`: a program without a person (a service account). `resource`: a server that nobody logs in to, but whose callers
   * bring a token that is meant for it.
   */
  kind: z.enum(["confidential", "public", "service", "resource"]),
  /**
   * Where a person may be sent back to, exactly. `{airflow}` stands for the host of that name. Only https, but for the
   * loopback addresses of command-line programs (RFC 8252, section 7.3).
   */
  redirectUris: z.array(z.string()).default([]),
  /** Roles that the application knows; groups and service accounts are granted them. */
  roles: z.array(roleName).default([]),
  /** Role of a service account in each other client, by client id. Its tokens are meant for those clients too. */
  grants: z.record(dnsLabel, roleName).default({}),
  /** Workloads that log in by it: they get its credentials, and they reach Keycloak. */
  applications: z.array(workloadName).default([]),
});

/** A group of people. Key: its name. */
const group = z.strictObject({
  /** What its members are to do. */
  why: sentence,
  /** Role in each client, by client id. */
  roles: z.record(dnsLabel, roleName).default({}),
});

/** A person that the realm itself knows. Key: the login name. A first password is made by the program. */
const person = z.strictObject({
  /** Given name. */
  firstName: sentence,
  /** Family name. */
  lastName: sentence,
  /** Where messages go. */
  email: formatted("an e-mail address", /^[^\s@]+@[^\s@]+$/),
  /** Groups. A person without any may do nothing. */
  groups: z.array(dnsLabel).min(1),
  /** May not log in for now. Whoever is taken out of the definition is disabled too, and in no group any more. */
  disabled: z.boolean().default(false),
});

/** The one login of the platform (Keycloak): who may do what. */
export const realm = z.strictObject({
  /** Name of the realm; `master` belongs to Keycloak. */
  name: dnsLabel,
  /** Clients by id. */
  clients: z.record(dnsLabel, client),
  /** Groups by name. */
  groups: z.record(dnsLabel, group),
  /** People by login name. @default none */
  people: z.record(dnsLabel, person).default({}),
});

/** What a target may add to the realm. */
export const realmOverride = z.strictObject({
  /** People by login name. */
  people: z.record(dnsLabel, person),
});
