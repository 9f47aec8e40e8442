import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { byHand, idOf } from "../keycloak";
import type { Door } from "../login";

/** Somebody whom a test brings into the realm, as an administrator would by hand. */
export interface Guest {
  readonly name: string;
  readonly password: string;
  readonly id: string;
}

/** Brings somebody in as a member of a group; who was left by a run that was stopped goes first. */
export async function invite(door: Door, name: string, group: string): Promise<Guest> {
  const password = `Guest-${randomBytes(12).toString("hex")}`;
  const person = { firstName: "Access", lastName: "Test", email: `${name}@localhost`, emailVerified: true };
  const left = (await byHand(door, "GET", `/users?exact=true&username=${name}`)) as { id: string }[];
  for (const { id } of left) await byHand(door, "DELETE", `/users/${id}`);
  await byHand(door, "POST", "/users", {
    ...person,
    username: name,
    enabled: true,
    groups: [`/${group}`],
    credentials: [{ type: "password", value: password, temporary: false }],
  });
  return { name, password, id: await idOf(door, `/users?exact=true&username=${name}`) };
}

/** Ends all that a person has begun, and nothing else. */
export const endSessions = (door: Door, { id }: Guest) => byHand(door, "POST", `/users/${id}/logout`);

/** Has a client's access tokens last so many seconds while something is done. */
export async function withShortTokens<T>(door: Door, client: string, seconds: number, work: () => Promise<T>) {
  const [found] = (await byHand(door, "GET", `/clients?clientId=${client}`)) as ClientOfKeycloak[];
  assert.ok(found !== undefined, `the realm has no client ${client}`);
  const attributes = { ...found.attributes, "access.token.lifespan": String(seconds) };
  await byHand(door, "PUT", `/clients/${found.id}`, { ...found, attributes });
  try {
    return await work();
  } finally {
    // An attribute that is left out stays; an empty one goes.
    const before = { ...found.attributes, "access.token.lifespan": "" };
    await byHand(door, "PUT", `/clients/${found.id}`, { ...found, attributes: before });
  }
}

interface ClientOfKeycloak {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}
