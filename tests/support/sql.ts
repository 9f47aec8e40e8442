import { kubectl } from "./cli";

const NAMESPACE = "platform-data";

/** What PostgreSQL answers to its superuser, who can only be it inside the server's own pod. */
export async function sql(database: string, query: string): Promise<string> {
  const primary = ["-n", NAMESPACE, "-l", "cnpg.io/instanceRole=primary", "-o", "jsonpath={.items[0].metadata.name}"];
  const pod = await kubectl("get", "pods", ...primary);
  const psql = ["psql", "-v", "ON_ERROR_STOP=1", "-d", database, "-Atc", query];
  return (await kubectl("exec", "-n", NAMESPACE, pod, "-c", "postgres", "--", ...psql)).trim();
}
