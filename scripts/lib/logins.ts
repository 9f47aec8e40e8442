/** A Secret as kubectl shows it, in base64. */
export interface SecretObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Keys by which a Secret is known to hold somebody's way into a service. */
const NAMES = ["username", "accessKey", "client_id"];

/** The Secrets that hold a login, each name once: an application's login is the same in all namespaces where it runs. */
export function loginSecrets(secrets: readonly SecretObject[]): ReadonlyMap<string, SecretObject> {
  const logins = secrets.filter(({ data = {} }) => NAMES.some((key) => key in data));
  return new Map(logins.map((secret) => [secret.metadata.name, secret] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
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
