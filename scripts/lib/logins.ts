/** A Secret as kubectl shows it, in base64. */
export interface SecretObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Keys by which a Secret is known to hold somebody's way into a service. */
const NAMES = ["username", "accessKey", "client-id"];

/** The Secret with the first password of each person, by name. */
const PEOPLE = "keycloak-people";

/** The Secrets that hold a login, each name once: an application's login is the same in all namespaces where it runs. */
export function loginSecrets(secrets: readonly SecretObject[]): ReadonlyMap<string, SecretObject> {
  const logins = secrets.filter(({ data = {} }) => NAMES.some((key) => key in data));
  return new Map(logins.map((secret) => [secret.metadata.name, secret] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A person of the realm and the password to log in with for the first time, which asks for another one. */
export function firstLogin(secrets: readonly SecretObject[], person: string): string[] | undefined {
  const password = secrets.find(({ metadata }) => metadata.name === PEOPLE)?.data?.[person];
  if (password === undefined) return undefined;
  return [
    `username        ${person}`,
    `first password  ${Buffer.from(password, "base64").toString()}`,
    `It holds until ${person} has chosen another one. Forgotten: scripts/realm renew ${person}`,
  ];
}

/** One login as lines for people: a line a key, certificates last. */
export function loginLines({ data = {} }: SecretObject): string[] {
  const values = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString().trimEnd()]);
  const short = values.filter(([, value]) => !value?.includes("\n"));
  const long = values.filter(([, value]) => value?.includes("\n"));
  const width = Math.max(0, ...short.map(([key]) => key?.length ?? 0));
  return [
    ...short.map(([key, value]) => `${key?.padEnd(width)}  ${value}`),
    ...long.flatMap(([key, value]) => [`${key}:`, value ?? ""]),
  ];
}
