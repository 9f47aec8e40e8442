import type { AirflowConnection } from "./airflow-celery";
import { type EnvVar, fromSecret, plain, trustFile } from "./variables";

/** Variable that Airflow looks a connection up in before it asks anybody. */
const variableOf = (id: string) => `AIRFLOW_CONN_${id.toUpperCase()}`;

/** Kubernetes fills in what `$(NAME)` stands for; the values are letters, digits and what stands in host names. */
const connection = (id: string, content: object) => plain({ [variableOf(id)]: JSON.stringify(content) });

/** A connection to the object store with the key in the variables S3_*, which stand before it. */
export function s3Connection(id: string, storeSecret: string): EnvVar[] {
  return connection(id, {
    conn_type: "aws",
    login: "$(S3_ACCESS_KEY)",
    password: "$(S3_SECRET_KEY)",
    extra: {
      endpoint_url: "$(S3_ENDPOINT)",
      region_name: "$(S3_REGION)",
      verify: trustFile(storeSecret),
      config_kwargs: { s3: { addressing_style: "path" } },
    },
  });
}

/** The variables of one of the DAGs' connections. */
export function connectionVariables(id: string, wanted: AirflowConnection, store: string | undefined): EnvVar[] {
  const prefix = `CONNECTION_${id.toUpperCase()}`;
  const part = (name: string) => `$(${prefix}_${name})`;
  switch (wanted.type) {
    case "s3":
      return store === undefined ? [] : s3Connection(id, store);
    case "postgres":
      return [
        ...fromSecret(wanted.secret, {
          [`${prefix}_HOST`]: "host",
          [`${prefix}_PORT`]: "port",
          [`${prefix}_DATABASE`]: "database",
          [`${prefix}_USERNAME`]: "username",
          [`${prefix}_PASSWORD`]: "password",
        }),
        ...connection(id, {
          conn_type: "postgres",
          host: part("HOST"),
          port: part("PORT"),
          schema: part("DATABASE"),
          login: part("USERNAME"),
          password: part("PASSWORD"),
          extra: { sslmode: "verify-full", sslrootcert: trustFile(wanted.secret) },
        }),
      ];
  }
}
