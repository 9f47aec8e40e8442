import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import type { WithDefaults } from "../defaults";
import { celeryScaledObject, postgresAuthentication } from "../keda";
import { type Labels, objectLabels } from "../labels";
import { openHash, physicalName } from "../names";
import { makePasswords } from "../passwords";
import { refuse } from "../problems";
import { runOnce } from "../run-once";
import { makeService } from "../service";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { checkAirflow } from "./check";
import { cleaning, cronJobArgs, jobArgs, migration, push, run, setup } from "./jobs";
import { metricsDeployment, metricsService } from "./metrics";
import { type Part, partLabels, partPod, partSelector, type Shared } from "./part";
import { apiServer, dagProcessor, FLOWER_USER, flower, scheduler, triggerer } from "./servers";
import { type Known, PORTS } from "./settings";
import { definitionFiles } from "./wish";
import { WORKER_SECONDS, worker } from "./workers";

/** How many of a part, and how large each is. */
export interface Replicated {
  readonly replicas: number;
  readonly resources: Resources;
}

/** A Celery queue with workers of its own. */
export interface WorkerQueue {
  /** Tasks that one worker runs at once. */
  readonly concurrency: number;
  /** Workers kept when nothing is to do. */
  readonly minWorkers: number;
  /** Workers at most. Without `scaling` there are `minWorkers`, whatever waits. */
  readonly maxWorkers: number;
  /** Of each worker. About 200 MiB, and 150 MiB more for each task at once. */
  readonly resources: Resources;
  /** Service account to make for its workers, with a token for the Kubernetes API; it may do what others allow it. Plain. @default none */
  readonly account?: string;
}

/** DAGs that are delivered through a bucket, as releases; see images/airflow/platform_airflow/bundle.py. */
export interface DagBundle {
  readonly bucket: string;
  /** Folder there. */
  readonly prefix: string;
  /** Seconds between two looks for a new release. */
  readonly refreshSeconds: number;
}

/** What DAGs reach by name. The Secret has the keys that the service's component writes. */
export type AirflowConnection =
  /** With `host`, `port`, `database`, `username`, `password` and `ca.crt`. */
  | { readonly type: "postgres"; readonly secret: string }
  /** With the key of the part that the DAG's code runs in. */
  | { readonly type: "s3" };

/** Names of Secrets in the namespace. Their values stand in URLs: letters, digits and what stands in host names. */
export interface AirflowSecrets {
  /** Metadata database: `host`, `port`, `database`, `username`, `password`, `ca.crt`. */
  readonly database: string;
  /** Database of Celery's results, with a role of its own, since workers have it: the same keys. */
  readonly results: string;
  /** A user of the broker for each part that speaks with it: `url` (`rediss://`) and `ca.crt`. */
  readonly broker: Readonly<Record<"scheduler" | "worker" | "flower", string>>;
  /** A key to the object store for each part: `endpoint`, `region`, `accessKey`, `secretKey`, `ca.crt`. */
  readonly store: Readonly<Record<"apiServer" | "dagProcessor" | "triggerer" | "worker" | "push", string>>;
}

/** Login by OpenID Connect. */
export interface AirflowLogin {
  /**
   * Secret with `issuer`, `authorization-endpoint`, `token-endpoint`, `jwks-uri`, `userinfo-endpoint`, `client-id`, `client-secret`
   * and `ca.crt`. People have the client's roles `Admin`, `Op`, `User` and `Viewer`; who has none is refused.
   */
  readonly secret: string;
}

/** How KEDA counts tasks. */
export interface AirflowScaling {
  /** Secret in KEDA's namespace with its login to the metadata database: `host`, `port`, `database`, `username`, `password`. */
  readonly secret: string;
  /** Role of that login. It is let see which tasks there are in which queue, and nothing else. Plain. */
  readonly role: string;
  /** What must be there before workers are scaled. */
  readonly after: readonly pulumi.Resource[];
}

export interface AirflowCeleryArgs {
  /** Namespace of everything. Changing it replaces all of it, and loses nothing: there is no data in it. */
  readonly namespace: pulumi.Input<string>;
  /** Image of images/airflow: Airflow 3.3 with the package `platform_airflow`. */
  readonly image: pulumi.Input<string>;
  /** Image of Prometheus's `statsd_exporter`, which takes the metrics of all parts. */
  readonly metricsImage: pulumi.Input<string>;
  readonly secrets: AirflowSecrets;
  /**
   * 32 letters and digits that connections and variables are encrypted with in the metadata database. Without it those that people have
   * made are lost: keep it for as long as the database.
   */
  readonly encryptionKey: pulumi.Input<string>;
  /** @default 1 of 250m cores, 1Gi */
  readonly apiServer?: Replicated;
  /** Several may run: they lock what they work at. @default 1 of 250m cores, 768Mi */
  readonly scheduler?: Replicated;
  /** @default 1 of 250m cores, 768Mi */
  readonly dagProcessor?: Replicated;
  /** @default 1 of 100m cores, 768Mi */
  readonly triggerer?: Replicated;
  /** @default 50m cores, 512Mi */
  readonly flower?: Resources;
  /** Queues by name; `default` must be among them. Plain. */
  readonly queues: Readonly<Record<string, WorkerQueue>>;
  /** Pools by name: slots, and what it protects. @default none but Airflow's own */
  readonly pools?: Readonly<Record<string, { readonly slots: number; readonly why: string }>>;
  /** Connections by id. @default none */
  readonly connections?: Readonly<Record<string, AirflowConnection>>;
  /** Variables by name; never a secret. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** Bundles of DAGs by name. Plain. */
  readonly dagBundles: Readonly<Record<string, DagBundle>>;
  /** Bucket of the logs of ended tasks. */
  readonly logBucket: string;
  /** How long runs stay in the database. @default 180d */
  readonly history?: string;
  /** @default users of Airflow's own database, of whom there are none: nobody can log in */
  readonly login?: AirflowLogin;
  /** Address for people, such as `https://airflow.example.com`. Only behind a gateway. @default none */
  readonly url?: string;
  /** @default each queue keeps `minWorkers` */
  readonly scaling?: AirflowScaling;
  /** What must be there before the tables are made: databases, broker, buckets. @default nothing */
  readonly after?: readonly pulumi.Resource[];
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = {
  apiServer: { replicas: 1, resources: { cpu: "250m", memory: "1Gi" } },
  scheduler: { replicas: 1, resources: { cpu: "250m", memory: "768Mi" } },
  dagProcessor: { replicas: 1, resources: { cpu: "250m", memory: "768Mi" } },
  triggerer: { replicas: 1, resources: { cpu: "100m", memory: "768Mi" } },
  flower: { cpu: "50m", memory: "512Mi" },
  pools: {},
  connections: {},
  variables: {},
  history: "180d",
  after: [],
  labels: {},
};

export type AirflowCelerySpec = WithDefaults<AirflowCeleryArgs, typeof DEFAULTS>;

/** Keys of its own: of sessions, of tokens, and Flower's password. */
const KEYS = ["api", "jwt", "flower"] as const;

/**
 * Airflow 3 with Celery: api-server, scheduler, dag-processor, triggerer, workers for each queue, Flower, a migration that runs once per
 * image before all of them, and a weekly clean-up. DAGs come from buckets, logs of ended tasks go to one.
 */
export class AirflowCelery extends pulumi.ComponentResource {
  /** Host and port of web pages and interfaces inside the cluster. */
  readonly host: pulumi.Output<string>;
  readonly port = PORTS.api;
  /** `Authorization` header by which Flower lets somebody in. */
  readonly flowerAuthorization: pulumi.Output<string>;

  constructor(name: string, args: AirflowCeleryArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.airflowCelery, name, {}, opts);
    const spec: AirflowCelerySpec = { ...DEFAULTS, ...args };
    refuse(checkAirflow(name, spec), this);
    this.host = pulumi.interpolate`airflow-api-server.${spec.namespace}.svc`;

    const keys = this.#makeKeys(name, spec);
    this.flowerAuthorization = keys.flowerAuthorization;
    const known: Known = {
      ...spec,
      name,
      keysSecret: keys.secret.metadata.name,
      executionApi: pulumi.interpolate`http://${this.host}:${PORTS.api}/execution/`,
    };
    const shared: Shared = { ...spec, checksum: keys.checksum };
    const migrated = this.#runJob(name, "migrate", shared, migration(known), [], spec.after);
    const definition = this.#setUp(name, spec, shared, known, migrated);
    this.#buildServers(name, spec, shared, known, migrated);
    new k8s.batch.v1.CronJob(`${name}-clean`, cronJobArgs(shared, cleaning(known, spec.history)), {
      parent: this,
      dependsOn: [migrated],
    });
    for (const [bundle, where] of Object.entries(spec.dagBundles))
      this.#keepForScripts(
        `${name}-push-${bundle}`,
        shared,
        `dags-push-${bundle}`,
        push(known, where, definition.metadata.name),
      );
    this.#keepForScripts(`${name}-run`, shared, "dags-run", run(known));
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** A pod that a script makes Jobs of. */
  #keepForScripts(resource: string, shared: Shared, name: string, part: Part): void {
    new k8s.core.v1.PodTemplate(
      resource,
      {
        metadata: { name, namespace: shared.namespace, labels: partLabels(shared.labels, part) },
        template: partPod(shared, part),
      },
      { parent: this },
    );
  }

  #makeKeys(name: string, { namespace, encryptionKey, labels }: AirflowCelerySpec) {
    const keys = makePasswords(name, KEYS, "password", { parent: this });
    const content = {
      "fernet-key": pulumi.secret(encryptionKey).apply(fernetKey),
      "api-secret": keys["api"] ?? "",
      "jwt-secret": keys["jwt"] ?? "",
      "flower-password": keys["flower"] ?? "",
    };
    const secret = new k8s.core.v1.Secret(
      `${name}-keys`,
      {
        metadata: {
          name: `${name}-keys`,
          namespace,
          labels: objectLabels(labels, { name: "airflow", instance: name }, "airflow"),
        },
        data: secretData(content),
      },
      { parent: this },
    );
    const flowerAuthorization = pulumi
      .secret(content["flower-password"])
      .apply((password) => `Basic ${Buffer.from(`${FLOWER_USER}:${password}`).toString("base64")}`);
    return { secret, flowerAuthorization, checksum: openHash(Object.values(content), 16) };
  }

  /** A Job runs once and cannot be changed, so another content or another pod is another Job. */
  #runJob(
    name: string,
    suffix: string,
    shared: Shared,
    part: Part,
    content: readonly pulumi.Input<unknown>[],
    after: readonly pulumi.Resource[],
  ): k8s.batch.v1.Job {
    const jobName = openHash([partPod(shared, part), ...content], 12).apply((hash) =>
      physicalName("job", part.workload, hash),
    );
    return runOnce(`${name}-${suffix}`, jobArgs(shared, part, jobName), {
      parent: this,
      dependsOn: [...after],
    });
  }

  /** Pools and variables; and the names that a push is checked against. */
  #setUp(
    name: string,
    spec: AirflowCelerySpec,
    shared: Shared,
    known: Known,
    migrated: pulumi.Resource,
  ): k8s.core.v1.ConfigMap {
    const files = definitionFiles(spec);
    const definition = new k8s.core.v1.ConfigMap(
      `${name}-definition`,
      {
        metadata: {
          name: `${name}-definition`,
          namespace: spec.namespace,
          labels: objectLabels(spec.labels, { name: "airflow-setup", instance: "airflow-setup" }, "airflow"),
        },
        data: files,
      },
      { parent: this },
    );
    const part = setup(known, definition.metadata.name);
    this.#runJob(name, "setup", shared, part, [files["wish.json"]], [migrated, definition]);
    return definition;
  }

  #buildServers(name: string, spec: AirflowCelerySpec, shared: Shared, known: Known, migrated: pulumi.Resource): void {
    const metrics = { namespace: spec.namespace, labels: spec.labels };
    const told = makeService(`${name}-metrics`, metricsService(metrics), this);
    new k8s.apps.v1.Deployment(`${name}-metrics`, metricsDeployment({ ...metrics, image: spec.metricsImage }), {
      parent: this,
    });
    const opts = { parent: this, dependsOn: [migrated, told] };
    const deployments: [string, Part, number][] = [
      ["api-server", apiServer(known, spec.apiServer), spec.apiServer.replicas],
      ["scheduler", scheduler(known, spec.scheduler), spec.scheduler.replicas],
      ["dag-processor", dagProcessor(known, spec.dagProcessor), spec.dagProcessor.replicas],
      ["flower", flower(known, { resources: spec.flower }), 1],
    ];
    for (const [suffix, part, replicas] of deployments) {
      new k8s.apps.v1.Deployment(`${name}-${suffix}`, deploymentArgs(shared, part, replicas), opts);
      this.#protectFromDisruption(`${name}-${suffix}`, shared, part, replicas);
    }
    this.#buildService(`${name}-api-server`, shared, deployments[0]?.[1], { name: "http", port: PORTS.api });
    this.#buildService(`${name}-flower`, shared, deployments[3]?.[1], { name: "http", port: PORTS.flower });

    const { replicas } = spec.triggerer;
    this.#buildSet(
      `${name}-triggerer`,
      shared,
      triggerer(known, spec.triggerer),
      { min: replicas, max: replicas },
      opts,
    );
    const scaling = this.#logInToScale(name, spec);
    for (const [queue, wanted] of Object.entries(spec.queues))
      this.#buildWorkers(name, scaling, shared, known, queue, wanted, opts);
  }

  /** How KEDA gets to see the tasks; undefined where nothing is scaled. */
  #logInToScale(name: string, { scaling, labels }: AirflowCelerySpec): pulumi.Resource | undefined {
    if (scaling === undefined) return undefined;
    return new k8s.apiextensions.CustomResource(
      `${name}-scaling`,
      postgresAuthentication(scalingLogin(name), labels, scaling.secret),
      { parent: this, dependsOn: [...scaling.after] },
    );
  }

  #buildWorkers(
    name: string,
    scaling: pulumi.Resource | undefined,
    shared: Shared,
    known: Known,
    queue: string,
    wanted: WorkerQueue,
    opts: pulumi.CustomResourceOptions,
  ): void {
    const { concurrency, minWorkers: min, maxWorkers } = wanted;
    const max = scaling === undefined ? min : maxWorkers;
    const part = worker(known, queue, wanted);
    if (wanted.account !== undefined)
      new k8s.core.v1.ServiceAccount(
        `${name}-worker-${queue}`,
        {
          metadata: { name: wanted.account, namespace: shared.namespace, labels: partLabels(shared.labels, part) },
          automountServiceAccountToken: false,
        },
        { parent: this },
      );
    const workers = this.#buildSet(
      `${name}-worker-${queue}`,
      shared,
      part,
      { min, max },
      { ...opts, customTimeouts: { update: `${max * WORKER_SECONDS}s` } },
    );
    if (scaling === undefined && min < maxWorkers)
      void pulumi.log.info(
        `Without KEDA the queue "${queue}" keeps ${min === 1 ? "one worker" : `its ${min} workers`}.`,
        this,
      );
    if (scaling === undefined || min === max) return;
    new k8s.apiextensions.CustomResource(
      `${name}-worker-${queue}-scaling`,
      celeryScaledObject({
        name: part.instance ?? part.workload,
        namespace: shared.namespace,
        labels: partLabels(shared.labels, part),
        target: workers.metadata.name,
        queue,
        concurrency,
        minWorkers: min,
        maxWorkers: max,
        authentication: scalingLogin(name),
      }),
      { parent: this, dependsOn: [scaling, workers] },
    );
  }

  /** Pods with names that last, by which their logs are fetched while a task runs. */
  #buildSet(
    resource: string,
    shared: Shared,
    part: Part,
    replicas: Replicas,
    opts: pulumi.CustomResourceOptions,
  ): k8s.apps.v1.StatefulSet {
    this.#buildService(resource, shared, part, undefined);
    this.#protectFromDisruption(resource, shared, part, replicas.max);
    return new k8s.apps.v1.StatefulSet(resource, statefulSetArgs(shared, part, replicas), opts);
  }

  /** A Service; without a port it only gives pods of a StatefulSet their names. */
  #buildService(
    resource: string,
    { namespace, labels }: Shared,
    part: Part | undefined,
    port: { name: string; port: number } | undefined,
  ): void {
    if (part === undefined) return;
    const ports = port === undefined ? {} : { ports: [{ ...port, targetPort: port.name }] };
    const headless = port === undefined ? { clusterIP: "None", publishNotReadyAddresses: true } : {};
    makeService(
      resource,
      {
        metadata: { name: part.instance ?? part.workload, namespace, labels: partLabels(labels, part) },
        spec: { selector: partSelector(part), ...ports, ...headless },
      },
      this,
    );
  }

  #protectFromDisruption(resource: string, { namespace, labels }: Shared, part: Part, replicas: number): void {
    if (replicas < 2) return;
    new k8s.policy.v1.PodDisruptionBudget(
      resource,
      {
        metadata: { name: part.instance ?? part.workload, namespace, labels: partLabels(labels, part) },
        spec: { maxUnavailable: 1, selector: { matchLabels: partSelector(part) } },
      },
      { parent: this },
    );
  }
}

/** 32 bytes in URL-safe base64 with its padding, which Node's own form leaves out: https://cryptography.io/en/latest/fernet/ */
const fernetKey = (password: string) =>
  Buffer.from(password).toString("base64").replaceAll("+", "-").replaceAll("/", "_");

function deploymentArgs(shared: Shared, part: Part, replicas: number): k8s.apps.v1.DeploymentArgs {
  return {
    metadata: { name: part.workload, namespace: shared.namespace, labels: partLabels(shared.labels, part) },
    spec: { replicas, selector: { matchLabels: partSelector(part) }, template: partPod(shared, part, replicas) },
  };
}

const scalingLogin = (name: string) => `${name}-scaling`;

interface Replicas {
  readonly min: number;
  readonly max: number;
}

/** How many there are is said only where nothing else says it. */
function statefulSetArgs(shared: Shared, part: Part, { min, max }: Replicas): k8s.apps.v1.StatefulSetArgs {
  const name = part.instance ?? part.workload;
  return {
    metadata: { name, namespace: shared.namespace, labels: partLabels(shared.labels, part) },
    spec: {
      ...(min === max ? { replicas: min } : {}),
      serviceName: name,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: partSelector(part) },
      template: partPod(shared, part, max),
    },
  };
}
