import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { checkDefinitions, registerDefinitions } from "../custom-resource-definitions";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import type { Manifest } from "../manifest-object";
import { makePasswords } from "../passwords";
import { Problems, refuse } from "../problems";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { RPC_SECRET } from "./application";
import { buildHistory, buildSqlServer } from "./build";
import { OPERATOR, operatorDeployment } from "./operator";
import { buildRights } from "./rights";

/** A service account that may start jobs and follow them. */
export interface Submitter {
  readonly namespace: pulumi.Input<string>;
  readonly serviceAccount: pulumi.Input<string>;
}

export interface HistoryServer {
  readonly replicas: number;
  readonly resources: Resources;
  /** Bucket of the event logs. */
  readonly eventBucket: string;
  /** Secret with the key that may read it: `endpoint`, `region`, `accessKey`, `secretKey` and `ca.crt`. */
  readonly storeSecret: string;
  /** Public address, such as `https://spark.platform.localhost:8443`. @default only inside the cluster */
  readonly url?: string;
}

export interface SqlServer {
  readonly resources: Resources;
  /** Bucket with the tables. */
  readonly lakeBucket: string;
  /** Secret with the key that may read it: `endpoint`, `region`, `accessKey`, `secretKey` and `ca.crt`. */
  readonly storeSecret: string;
  /** Who may log in; for each there is a Secret `spark-sql-login-USER` with `host`, `port`, `username`, `password` and `ca.crt`. Plain. */
  readonly users: readonly string[];
  /** Names by which programs outside of the cluster reach it, for its certificate. @default none */
  readonly hostNames?: readonly string[];
}

export interface SparkOperatorArgs {
  /** Namespace of the operator, the history and the SQL server. None of the jobs': whoever starts pods reads the Secrets beside them. */
  readonly namespace: pulumi.Input<string>;
  /** Image with Spark, the operator and the jobs; see images/spark. */
  readonly image: pulumi.Input<string>;
  /** Definitions of the custom resources, as scripts/operators writes them. @default none: somebody else has installed the operator */
  readonly definitions?: readonly Manifest[];
  /** Namespaces where jobs run, by a name for each. Plain names. */
  readonly jobNamespaces: Readonly<Record<string, pulumi.Input<string>>>;
  /** Who may start jobs, by a name for each. Plain names. @default nobody but administrators */
  readonly submitters?: Readonly<Record<string, Submitter>>;
  /** @default none */
  readonly history?: HistoryServer;
  /** The SQL endpoint. @default none */
  readonly sql?: SqlServer;
  /** Of the operator. @default 50m cores, 768Mi: two jobs that are submitted at once */
  readonly resources?: Resources;
  /** What the servers read: buckets and their keys. @default nothing */
  readonly after?: readonly pulumi.Resource[];
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { submitters: {}, resources: { cpu: "50m", memory: "768Mi" }, after: [], labels: {} };

export type SparkSpec = WithDefaults<SparkOperatorArgs, typeof DEFAULTS>;

const NEEDED = ["sparkapplications", "scheduledsparkapplications", "sparkconnects"].map(
  (kind) => `${kind}.sparkoperator.k8s.io`,
);

/**
 * Spark on Kubernetes: kubeflow's operator without its webhook (a job says everything itself, see `sparkApplication`), what jobs need
 * in their namespaces, the page with the history of jobs, and the SQL endpoint. Jobs depend on `ready`.
 */
export class SparkOperator extends pulumi.ComponentResource {
  /** What jobs depend on: the operator runs, and their namespaces are prepared. */
  readonly ready: pulumi.Resource[];
  /** Certificate of the authority that signed the SQL server's, PEM. @default undefined where there is none */
  readonly sqlAuthority: pulumi.Output<string> | undefined;

  constructor(name: string, args: SparkOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.sparkOperator, name, {}, opts);
    const spec: SparkSpec = { ...DEFAULTS, ...args };
    refuse(checkSpark(name, spec), this);

    const rights = buildRights(name, spec, this);
    const operator = spec.definitions === undefined ? [] : [this.#buildOperator(name, spec, spec.definitions, rights)];
    const rpc = this.#buildRpcSecrets(name, spec);
    this.ready = [...operator, ...rights, ...rpc];
    if (spec.history !== undefined) buildHistory(name, spec, spec.history, this);
    this.sqlAuthority = spec.sql === undefined ? undefined : buildSqlServer(name, spec, spec.sql, this);
    this.registerOutputs({});
  }

  #buildOperator(
    name: string,
    { namespace, image, resources, jobNamespaces, labels }: SparkSpec,
    manifest: readonly Manifest[],
    needed: readonly pulumi.Resource[],
  ): pulumi.Resource {
    const definitions = registerDefinitions(name, manifest, labels, { parent: this });
    return new k8s.apps.v1.Deployment(
      `${name}-operator`,
      operatorDeployment({
        namespace,
        image,
        resources,
        labels: objectLabels(labels, { name: OPERATOR, instance: OPERATOR }, "operator"),
        watched: pulumi.all(Object.values(jobNamespaces)).apply((all) => all.join(",")),
      }),
      { parent: this, dependsOn: [...definitions, ...needed] },
    );
  }

  /** What driver and executors of a namespace know each other by. */
  #buildRpcSecrets(name: string, { jobNamespaces, labels }: SparkSpec): pulumi.Resource[] {
    const secrets = makePasswords(`${name}-rpc`, Object.keys(jobNamespaces), "key", { parent: this });
    return Object.entries(jobNamespaces).map(([key, namespace]) => {
      const secret = pulumi.secret(secrets[key] ?? "");
      const encoded = secret.apply((text) => Buffer.from(text).toString("base64"));
      return new k8s.core.v1.Secret(
        `${name}-rpc-${key}`,
        { metadata: { name: RPC_SECRET, namespace, labels }, data: secretData({ secret, encoded }) },
        { parent: this },
      );
    });
  }
}

function checkSpark(name: string, spec: SparkSpec): string[] {
  const problems = new Problems(`SparkOperator "${name}"`);
  problems.name("name", name);
  if (spec.definitions !== undefined) checkDefinitions(problems, "definitions", spec.definitions, NEEDED);
  if (Object.keys(spec.jobNamespaces).length === 0)
    problems.add("jobNamespaces", "is empty. Name one: without any the operator would act in all.");
  for (const key of Object.keys(spec.jobNamespaces)) problems.name("jobNamespaces", key);
  for (const key of Object.keys(spec.submitters)) problems.name("submitters", key);
  problems.resources("resources", spec.resources);
  if (spec.history !== undefined) {
    problems.resources("history.resources", spec.history.resources);
    problems.whole("history.replicas", spec.history.replicas, 1);
  }
  if (spec.sql !== undefined) {
    problems.resources("sql.resources", spec.sql.resources);
    for (const user of spec.sql.users) problems.name("sql.users", user);
    problems.distinct("sql.users", spec.sql.users);
  }
  return problems.found;
}
