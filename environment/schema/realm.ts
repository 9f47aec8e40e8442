import { z } from "zod";
import { dnsLabel, formatted, name, sentence } from "./values";

const roleName = name("1 to 64 letters, digits, underscores and hyphens", /^[A-Za-z][\w-]{0,63}$/);

/** Something that lets people or programs log in through the realm. Key: its client id. */
const client = z.strictObject({
  /**
   * `confidential`: a server that keeps a secret. `public`: a browser or command-line program, PKCE only.
   * `service`: a program without a person (a service account).
   */
  kind: z.enum(["confidential", "public", "service"]),
  /**
   * Where a person may be sent back to, exactly. `{airflow}` stands for the host of that name. Only https, but for the
   * loopback addresses of command-line programs (RFC 8252, section 7.3).
   */
  redirectUris: z.array(z.string()).default([]),
  /** Roles that the application knows; groups grant them. */
  roles: z.array(roleName).default([]),
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
