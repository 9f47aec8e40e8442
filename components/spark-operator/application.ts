import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "../labels";
import { secretVolume } from "../stateful-set";
import { type Resources, restrictedContainer, restrictedPod } from "../workload";
import {
  authorities,
  coresOf,
  divideMemory,
  eventFolder,
  javaSetting,
  SECRETS,
  STORE_SETTINGS,
  storeKey,
  storeVariables,
  USER,
} from "./settings";

/** A job of Spark: what runs, how large, and which services it uses. */
export interface SparkJob {
  readonly name: string;
  /** Namespace that the operator watches; see `SparkOperatorArgs.jobNamespaces`. */
  readonly namespace: pulumi.Input<string>;
  /** Name of the workload in the environment: flows and credentials go by it. */
  readonly workload: string;
  /** Image with Spark, `spark-start` as its entry point and the job; see images/spark. */
  readonly image: pulumi.Input<string>;
  /** Version of Spark in the image. */
  readonly sparkVersion: string;
  /** The Python program, by its path in the image. */
  readonly file: string;
  readonly args: readonly string[];
  readonly driver: Resources;
  /** As many as the tasks need, between the two. */
  readonly executors: { readonly min: number; readonly max: number; readonly resources: Resources };
  readonly store: {
    /** Secret with `endpoint`, `region`, `accessKey`, `secretKey` and `ca.crt`. */
    readonly secret: string;
    /** Bucket of the event logs. */
    readonly eventBucket: string;
  };
  /** Secrets whose files the job reads, by the folder's name under /etc/platform. Each has a `ca.crt`. @default none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Further settings of Spark. @default none */
  readonly settings?: Readonly<Record<string, string>>;
  readonly labels: Labels;
}

/** Names of what `SparkOperator` makes in each namespace of jobs. */
export const DRIVER_ACCOUNT = "spark-driver";
export const EXECUTOR_ACCOUNT = "spark-executor";
export const RPC_SECRET = "spark-rpc";

/** Names that Spark on Kubernetes looks for: https://spark.apache.org/docs/4.0.4/running-on-kubernetes.html#pod-template */
const DRIVER = "spark-kubernetes-driver";
const EXECUTOR = "spark-kubernetes-executor";

/** Where drivers and executors listen; fixed, so that policies can name them. The workload's ports in the environment. */
const PORTS = { driver: "7078", blocks: "7079" } as const;

const DAY = 86_400;
const API = "sparkoperator.k8s.io/v1beta2";

const RPC_FILE = `${SECRETS}/rpc/secret`;
/**
 * An executor looks for the file only once it knows of its master, which the driver tells it over a connection that needs the secret
 * (org.apache.spark.SecurityManager.secretKeyFromFile in 4.0.4); before that it looks here. The file's content counts in base64.
 */
const RPC_VARIABLE = {
  name: "_SPARK_AUTH_SECRET",
  valueFrom: { secretKeyRef: { name: RPC_SECRET, key: "encoded" } },
};

/** What every job is told. The webhook of the operator sets nothing: it is not there. */
function settingsOf({ store, driver, settings = {} }: SparkJob): Record<string, string> {
  return {
    ...STORE_SETTINGS,
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": eventFolder(store.eventBucket),
    // A page of its own would stand open to whoever reaches the driver; the history has it, behind the login.
    "spark.ui.enabled": "false",
    // Its own remarks are thousands of lines a job, each of which goes through the kubelet and the log of Airflow's task.
    "spark.log.level": "WARN",
    "spark.executor.syncLogLevel.enabled": "true",
    ...javaSetting("spark.driver.extraJavaOptions", driver),
    "spark.driver.port": PORTS.driver,
    "spark.driver.blockManager.port": PORTS.blocks,
    "spark.blockManager.port": PORTS.blocks,
    "spark.authenticate": "true",
    "spark.authenticate.secret.file": RPC_FILE,
    "spark.network.crypto.enabled": "true",
    "spark.network.crypto.cipher": "AES/GCM/NoPadding",
    // Drivers may not touch volumes, and need none but those of the pod.
    "spark.kubernetes.driver.ownPersistentVolumeClaim": "false",
    "spark.kubernetes.driver.reusePersistentVolumeClaim": "false",
    // Kafka's login is in a setting whose name does not say so.
    "spark.redaction.regex": "(?i)secret|password|token|access[.]?key|jaas|connection[.]uri",
    ...settings,
  };
}

/** A pod of the job as Spark's own settings cannot say it: `restricted`, with the files and variables that it reads. */
function podOf({ store, secrets = {} }: SparkJob, container: typeof DRIVER | typeof EXECUTOR) {
  const trusted = authorities({ ...secrets, "object-store": store.secret });
  const key = storeKey(store.secret);
  const driver = container === DRIVER;
  const files = driver ? { ...secrets, rpc: RPC_SECRET } : secrets;
  const folders = Object.keys(files).map((service) => ({
    name: `secret-${service}`,
    mountPath: `${SECRETS}/${service}`,
    readOnly: true,
  }));
  return {
    spec: {
      ...restrictedPod(USER),
      automountServiceAccountToken: driver,
      containers: [
        {
          ...restrictedContainer(),
          name: container,
          env: [...storeVariables(store.secret), trusted.env, ...(driver ? [] : [RPC_VARIABLE])],
          volumeMounts: [{ name: "scratch", mountPath: "/tmp" }, trusted.mount, key.mount, ...folders],
        },
      ],
      volumes: [
        { name: "scratch", emptyDir: {} },
        trusted.volume,
        key.volume,
        ...Object.entries(files).map(([service, secret]) => secretVolume(`secret-${service}`, secret)),
      ],
    },
  } satisfies k8s.types.input.core.v1.PodTemplateSpec;
}

function sizeOf(resources: Resources) {
  const { heap, rest } = divideMemory(resources);
  const { cpu, cpuLimit } = resources;
  return {
    cores: coresOf(resources),
    coreRequest: cpu,
    ...(cpuLimit === undefined ? {} : { coreLimit: cpuLimit }),
    memory: `${heap}m`,
    memoryOverhead: `${rest}m`,
  };
}

function specOf(job: SparkJob) {
  const { image, driver, executors } = job;
  const { min, max } = executors;
  const labels = jobLabels(job);
  return {
    type: "Python",
    mode: "cluster",
    pythonVersion: "3",
    sparkVersion: job.sparkVersion,
    image,
    imagePullPolicy: "IfNotPresent",
    mainApplicationFile: `local://${job.file}`,
    arguments: [...job.args],
    sparkConf: settingsOf(job),
    // Who asked for the job runs it again; jobs may be repeated.
    restartPolicy: { type: "Never" },
    timeToLiveSeconds: DAY,
    driver: { ...sizeOf(driver), serviceAccount: DRIVER_ACCOUNT, labels, template: podOf(job, DRIVER) },
    executor: {
      ...sizeOf(executors.resources),
      instances: min,
      deleteOnTermination: true,
      serviceAccount: EXECUTOR_ACCOUNT,
      labels,
      template: podOf(job, EXECUTOR),
    },
    ...(max === min
      ? {}
      : { dynamicAllocation: { enabled: true, initialExecutors: min, minExecutors: min, maxExecutors: max } }),
  };
}

const jobLabels = ({ labels, workload, name }: SparkJob): Labels =>
  objectLabels(labels, { name: workload, instance: name }, "job");

/**
 * A job that runs once, now. All that the operator's webhook would add stands in it: security, volumes, service accounts. Give the
 * result to `CustomResource`, or to whoever starts jobs.
 */
export function sparkApplication(job: SparkJob) {
  const { name, namespace } = job;
  return {
    apiVersion: API,
    kind: "SparkApplication",
    metadata: { name, namespace, labels: jobLabels(job) },
    spec: specOf(job),
  };
}

/** When a job is started by the operator itself. */
export interface Schedule {
  /** As of cron, or `@every 1h`; UTC. */
  readonly cron: string;
  /** Start none: what is in `spec.template` waits for whoever takes it. @default false */
  readonly suspended?: boolean;
}

/**
 * A job that the operator starts by the clock, one at a time. Suspended it is a template: whoever starts the job takes
 * `spec.template` as the `spec` of a SparkApplication of his own.
 */
export function scheduledSparkApplication(job: SparkJob, { cron, suspended = false }: Schedule) {
  const { name, namespace } = job;
  return {
    apiVersion: API,
    kind: "ScheduledSparkApplication",
    metadata: { name, namespace, labels: jobLabels(job) },
    spec: {
      schedule: cron,
      timeZone: "UTC",
      suspend: suspended,
      concurrencyPolicy: "Forbid",
      successfulRunHistoryLimit: 3,
      failedRunHistoryLimit: 3,
      template: specOf(job),
    },
  };
}
