import assert from "node:assert/strict";
import { paths } from "../../scripts/lib/paths";
import { get, tool } from "./cli";
import { SERVERS } from "./spark";

const STORE = "/tmp/client.p12";
const URL = `jdbc:hive2://localhost:10000/lake;ssl=true;sslTrustStore=${STORE};trustStorePassword=changeit`;
const inSql = ["exec", "-n", SERVERS, "deployment/spark-sql", "--"];

/** A statement as the user `bi` with some password; answers how it ended and what was said. */
export type SqlClient = (
  statement: string,
  password: string,
  /** Of beeline, such as what a session is told as it begins. @default none */
  options?: readonly string[],
) => Promise<{ code: number; text: string }>;

/** Spark's JDBC client, beside the SQL endpoint, which it reaches over TLS and knows by its authority. */
export async function openSql(): Promise<SqlClient> {
  const trust = `keytool -importcert -noprompt -alias ca -file /etc/platform/tls/ca.crt -keystore ${STORE} -storepass changeit`;
  const { code, stderr } = await exec(`rm -f ${STORE}; ${trust}`);
  assert.equal(code, 0, stderr);
  return async (statement, password, options = []) => {
    const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    const client = `SPARK_DRIVER_MEMORY=96m beeline -u '${URL}' -n bi -w /tmp/client --silent=true --outputformat=csv2 ${options.map(quote).join(" ")} -e ${quote(statement)}`;
    const { code, stdout, stderr } = await exec(
      `umask 077; echo '${password}' > /tmp/client; ${client}; code=$?; rm /tmp/client; exit $code`,
    );
    return { code, text: `${stdout}\n${stderr}` };
  };
}

/** The password of a user of the SQL endpoint. */
export async function passwordOf(user: string): Promise<string> {
  const { data } = await get<{ data: Record<string, string> }>("secret", "-n", SERVERS, `spark-sql-login-${user}`);
  return Buffer.from(data["password"] ?? "", "base64").toString();
}

const exec = (script: string) => tool("kubectl", ["--kubeconfig", paths.kubeconfig, ...inSql, "sh", "-c", script]);
