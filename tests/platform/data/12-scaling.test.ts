import assert from "node:assert/strict";
import { paths } from "../../../scripts/lib/paths";
import { platformEnvironment } from "../../../scripts/lib/platform-environment";
import { attempt } from "../../../scripts/lib/run";
import { NAMESPACE } from "../../support/airflow";
import { get, tool } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";

const SCALING = devEnvironment().workloads["keda-operator"]?.namespace ?? "";

describe("workers of Airflow", () => {
  it("are counted by somebody who sees which tasks there are, and nothing else", async () => {
    const { data } = await get<{ data: Record<string, string> }>("secret", "postgres-airflow-scaling", "-n", SCALING);
    const password = Buffer.from(data["password"] ?? "", "base64").toString();
    const ask = async (sql: string) => {
      const script = [
        "import os, sys, psycopg2",
        "address = os.environ['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN'].replace('+psycopg2', '', 1)",
        "cursor = psycopg2.connect(address, user='airflow_scaling', password=sys.stdin.readline().strip()).cursor()",
        `cursor.execute("${sql}")`,
        "print(cursor.fetchone()[0])",
      ].join("\n");
      const args = ["exec", "-i", "--kubeconfig", paths.kubeconfig, "-n", NAMESPACE, "deploy/airflow-api-server", "--"];
      const { stdout, stderr } = await attempt("kubectl", [...args, "python3", "-c", script], {
        env: await platformEnvironment(),
        input: `${password}\n`,
      });
      return stdout + stderr;
    };
    assert.match(await ask("SELECT count(*) FROM task_instance WHERE state = 'success'"), /^\d+$/m);
    for (const hidden of ["hostname FROM task_instance", "val FROM variable", "password FROM ab_user"])
      assert.match(await ask(`SELECT ${hidden}`), /permission denied/, hidden);
  });

  it("are scaled by an operator that reads no Secret outside of its own namespace", async () => {
    const who = `system:serviceaccount:${SCALING}:keda-operator`;
    const args = ["auth", "can-i", "get", "secrets", "--as", who, "--kubeconfig", paths.kubeconfig];
    assert.equal((await tool("kubectl", [...args, "--namespace", SCALING])).stdout.trim(), "yes");
    assert.equal((await tool("kubectl", [...args, "--namespace", NAMESPACE])).stdout.trim(), "no");
  });
});
