import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { credentialSecrets, secretData } from "../credentials";
import { objectLabels, selectorLabels } from "../labels";
import { openHash } from "../names";
import { makePasswords } from "../passwords";
import { makeService } from "../service";
import { certificateFiles, issueAuthority, issueCertificate } from "../tls";
import { HISTORY, HISTORY_PORT, historyDeployment, historyFiles } from "./history";
import type { HistoryServer, SparkSpec, SqlServer } from "./spark-operator";
import { SQL_PORT, SQL_SERVER, sqlServerDeployment, sqlServerFiles, usersFile } from "./sql-server";

/** The page with the history of jobs. */
export function buildHistory(name: string, spec: SparkSpec, history: HistoryServer, parent: pulumi.Resource): void {
  const { namespace, image, after } = spec;
  const labels = objectLabels(spec.labels, { name: HISTORY, instance: HISTORY }, "history");
  const selector = selectorLabels({ name: HISTORY, instance: HISTORY });
  const child = { parent };
  const files = historyFiles(history.eventBucket, history.url);
  const config = new k8s.core.v1.ConfigMap(
    `${name}-history`,
    { metadata: { name: HISTORY, namespace, labels }, data: files },
    child,
  );
  new k8s.apps.v1.Deployment(
    `${name}-history`,
    historyDeployment({
      ...history,
      namespace,
      image,
      labels,
      configMap: config.metadata.name,
      checksum: openHash([files], 16),
    }),
    { ...child, dependsOn: [...after] },
  );
  makeService(
    `${name}-history`,
    {
      metadata: { name: HISTORY, namespace, labels },
      spec: { selector, ports: [{ name: "http", port: HISTORY_PORT, targetPort: "http" }] },
    },
    parent,
  );
  if (history.replicas > 1)
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-history`,
      {
        metadata: { name: HISTORY, namespace, labels },
        spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
      },
      child,
    );
}

/** The SQL endpoint, with a login for each user. Answers the certificate of its authority, PEM. */
export function buildSqlServer(
  name: string,
  spec: SparkSpec,
  sql: SqlServer,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { namespace, image, after } = spec;
  const labels = objectLabels(spec.labels, { name: SQL_SERVER, instance: SQL_SERVER }, "sql");
  const child = { parent };
  const host = pulumi.interpolate`${SQL_SERVER}.${namespace}.svc`;
  const authority = issueAuthority(`${name}-sql`, `${name} SQL CA`, parent);
  const certificate = issueCertificate(
    `${name}-sql`,
    {
      authority,
      commonName: SQL_SERVER,
      dnsNames: [host, pulumi.interpolate`${host}.cluster.local`, "localhost", ...(sql.hostNames ?? [])],
      uses: ["server_auth"],
    },
    parent,
  );
  const passwords = makePasswords(`${name}-sql`, sql.users, "password", { parent });
  const users = usersFile(passwords);
  const secret = (suffix: string, content: Readonly<Record<string, pulumi.Input<string>>>) =>
    new k8s.core.v1.Secret(
      `${name}-sql-${suffix}`,
      { metadata: { name: `${SQL_SERVER}-${suffix}`, namespace, labels }, data: secretData(content) },
      child,
    ).metadata.name;
  const files = sqlServerFiles(sql.lakeBucket, sql.resources);
  const config = new k8s.core.v1.ConfigMap(
    `${name}-sql`,
    { metadata: { name: SQL_SERVER, namespace, labels }, data: files },
    child,
  );
  new k8s.apps.v1.Deployment(
    `${name}-sql`,
    sqlServerDeployment({
      ...sql,
      namespace,
      image,
      labels,
      configMap: config.metadata.name,
      tlsSecret: secret("tls", certificateFiles(authority, certificate)),
      usersSecret: secret("users", { users }),
      // Users are read at each login.
      checksum: openHash([files, certificate.certificate], 16),
    }),
    { ...child, dependsOn: [...after] },
  );
  makeService(
    `${name}-sql`,
    {
      metadata: { name: SQL_SERVER, namespace, labels },
      spec: {
        selector: selectorLabels({ name: SQL_SERVER, instance: SQL_SERVER }),
        ports: [{ name: "sql", port: SQL_PORT, targetPort: "sql" }],
      },
    },
    parent,
  );
  for (const user of sql.users) {
    const content = {
      host,
      port: String(SQL_PORT),
      username: user,
      password: passwords[user] ?? "",
      "ca.crt": authority.certificate,
    };
    credentialSecrets(
      `${name}-sql`,
      [{ namespace, secretName: `${SQL_SERVER}-login-${user}` }],
      content,
      labels,
      child,
    );
  }
  return authority.certificate;
}
