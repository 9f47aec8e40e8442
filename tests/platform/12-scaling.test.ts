import assert from "node:assert/strict";
import { postgresAuthentication } from "../../components/keda";
import { restrictedContainer, restrictedPod } from "../../components/workload";
import { recordedReferences } from "../../offline/images/build";
import { paths } from "../../scripts/lib/paths";
import { applied } from "../support/applied";
import { eventually, get, kubectl, tool } from "../support/cli";
import { devEnvironment } from "../support/dev-environment";

const NAME = "scaling-test";
const NAMESPACE = devEnvironment().workloads["keda-operator"]?.namespace ?? "";
const DATABASE = { namespace: "platform-data", secret: "postgres-warehouse-credentials", cluster: "postgres" };

/** Seconds that scaling may take: KEDA asks every 5, the autoscaler every 15, and it goes down after it was short for a while. */
const UP_SECONDS = 120;
const DOWN_SECONDS = 180;

/** How many replicas the question of the trigger asks for; an advisory lock is a number that needs no table. */
const QUERY = "SELECT 1 + count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4711";

async function objects(): Promise<object[]> {
  const credentials = await get<{ data: Record<string, string> }>("secret", "-n", DATABASE.namespace, DATABASE.secret);
  const encode = (text: string) => Buffer.from(text).toString("base64");
  const login = {
    ...credentials.data,
    host: encode(`${DATABASE.cluster}-rw.${DATABASE.namespace}.svc`),
    port: encode("5432"),
    database: encode("warehouse"),
  };
  const labels = { "app.kubernetes.io/name": NAME };
  const metadata = { name: NAME, namespace: NAMESPACE, labels };
  return [
    { apiVersion: "v1", kind: "Secret", metadata, data: login },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...restrictedPod(1000),
            containers: [
              {
                ...restrictedContainer(),
                name: "pause",
                image: recordedReferences().pause,
                resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "16Mi" } },
              },
            ],
          },
        },
      },
    },
    postgresAuthentication(NAME, labels, NAME),
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata,
      spec: {
        scaleTargetRef: { name: NAME },
        pollingInterval: 5,
        minReplicaCount: 1,
        maxReplicaCount: 3,
        advanced: {
          horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } },
        },
        triggers: [
          {
            type: "postgresql",
            metadata: { query: QUERY, targetQueryValue: "1", sslmode: "verify-full" },
            authenticationRef: { kind: "ClusterTriggerAuthentication", name: NAME },
          },
        ],
      },
    },
  ];
}

/** A session that holds two advisory locks until it is ended. */
const HOLD = "SELECT pg_advisory_lock(4711, 1), pg_advisory_lock(4711, 2); SELECT pg_sleep(600)";
const END = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4711";

const psql = (sql: string) =>
  kubectl(
    "exec",
    "-n",
    DATABASE.namespace,
    `${DATABASE.cluster}-1`,
    "-c",
    "postgres",
    "--",
    "psql",
    "-d",
    "warehouse",
    "-c",
    sql,
  );

async function replicas(): Promise<number> {
  const { spec } = await get<{ spec: { replicas: number } }>("deployment", "-n", NAMESPACE, NAME);
  return spec.replicas;
}

const reaches = (wanted: number, seconds: number) =>
  eventually(`${wanted} replicas`, seconds, async () => ((await replicas()) === wanted ? true : undefined));

describe("scaling by what a database says", () => {
  let undo: () => Promise<void> = async () => {};
  before(async () => {
    undo = await applied(await objects());
  });
  after(() => undo());

  it("brings more replicas when there is more to do, and takes them away again", async () => {
    await reaches(1, UP_SECONDS);
    const session = psql(HOLD).catch(() => "ended");
    await reaches(3, UP_SECONDS);
    await psql(END);
    await session;
    await reaches(1, DOWN_SECONDS);
  });

  it("reads no Secret outside of its own namespace", async () => {
    const who = `system:serviceaccount:${NAMESPACE}:keda-operator`;
    const args = ["auth", "can-i", "get", "secrets", "--as", who, "--kubeconfig", paths.kubeconfig];
    assert.equal((await tool("kubectl", [...args, "--namespace", NAMESPACE])).stdout.trim(), "yes");
    assert.equal((await tool("kubectl", [...args, "--namespace", DATABASE.namespace])).stdout.trim(), "no");
  });
});
