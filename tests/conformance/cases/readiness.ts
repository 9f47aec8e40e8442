import type { ConformanceCase, Resource, World } from "../case";
import { contains } from "../judge";
import { deployment, podTemplate, resource, service } from "../objects";

/** What comes, comes by then on a busy node; a wait that succeeds or fails by itself costs no more than it takes. */
const PATIENCE = { customTimeouts: { create: "60s", update: "60s" } };
/** What never becomes ready is waited for so long: long enough for a pod to fail, and for its events to arrive. */
const FAILING = { customTimeouts: { create: "30s" } };
const SHORT = { customTimeouts: { create: "3s" } };

/** Arguments with which the pause image's program (catatonit) prints its version and ends with 0. */
const ENDS_WELL = ["-V"];
/** Arguments with which it cannot start its child and ends with an error. */
const ENDS_BADLY = ["--", "/there-is-no-such-program"];

const headless = (w: World) => ({
  ...service(w, { clusterIP: "None", selector: { app: "test" }, ports: [{ port: 80 }] }),
  options: PATIENCE,
});

const job = (w: World, args: readonly string[], options?: Resource["options"]) => {
  const template = podTemplate({ args, spec: { restartPolicy: "Never" } });
  return resource(w, "job", { apiVersion: "batch/v1", kind: "Job", spec: { backoffLimit: 0, template } }, options);
};

const pod = (w: World, options: Parameters<typeof podTemplate>[0], resourceOptions?: Resource["options"]) =>
  resource(
    w,
    "pod",
    { apiVersion: "v1", kind: "Pod", ...podTemplate(options), metadata: { labels: { app: "test" } } },
    resourceOptions,
  );

/** What is awaited, and what is said when it does not come. */
export const readinessCases: readonly ConformanceCase[] = [
  {
    name: "waits until a Deployment is ready, and for its next version",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [deployment(w, {}, { options: PATIENCE })],
        expect: { outputs: { deployment: { status: { readyReplicas: 1, updatedReplicas: 1 } } } },
      },
      {
        run: "up",
        program: (w) => [deployment(w, { container: { env: [{ name: "A", value: "1" }] } }, { options: PATIENCE })],
        expect: {
          ops: { deployment: "update" },
          outputs: { deployment: { status: { readyReplicas: 1, updatedReplicas: 1, observedGeneration: 2 } } },
        },
      },
    ],
  },
  {
    name: "waits until a StatefulSet is ready",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => {
          const template = podTemplate();
          const spec = {
            replicas: 1,
            serviceName: "set",
            selector: { matchLabels: template.metadata.labels },
            template,
          };
          return [resource(w, "set", { apiVersion: "apps/v1", kind: "StatefulSet", spec }, PATIENCE)];
        },
        expect: { outputs: { set: { status: { readyReplicas: 1 } } } },
      },
    ],
  },
  {
    name: "waits until a Job is done",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [job(w, ENDS_WELL, PATIENCE)],
        expect: { outputs: { job: { status: { succeeded: 1 } } } },
      },
    ],
  },
  {
    name: "waits until a Pod is ready",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [pod(w, {}, PATIENCE)],
        expect: { outputs: { pod: { status: { phase: "Running" } } } },
      },
    ],
  },
  {
    name: "binds a claim to the pod that waits for it",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [
          resource(
            w,
            "claim",
            {
              apiVersion: "v1",
              kind: "PersistentVolumeClaim",
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } },
            },
            PATIENCE,
          ),
          pod(
            w,
            {
              container: { volumeMounts: [{ name: "data", mountPath: "/data" }] },
              spec: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "claim" } }] },
            },
            { ...PATIENCE, dependsOn: ["claim"] },
          ),
        ],
        expect: {
          ops: { claim: "create", pod: "create" },
          also: async (_, w) => {
            const header = { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "claim", namespace: w.namespace };
            const live = await w.cluster.get(header);
            contains(live?.["status"], { phase: "Bound" }, "claim.status");
          },
        },
      },
    ],
  },
  {
    name: "waits until a Service has endpoints",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [
          pod(w, {}, PATIENCE),
          { ...service(w, { selector: { app: "test" }, ports: [{ port: 80 }] }), options: PATIENCE },
        ],
        expect: { ops: { service: "create" } },
      },
    ],
  },
  {
    name: "says that a Service found no pod",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [{ ...service(w, { selector: { app: "nobody" }, ports: [{ port: 80 }] }), options: SHORT }],
        expect: { errors: { service: ["service"] } },
      },
    ],
  },
  {
    name: "says which image cannot be pulled, and recovers with a good one",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [deployment(w, { image: "localhost/no-such-image:1" }, { options: FAILING })],
        expect: {
          errors: { deployment: ["deployment", /ErrImagePull|ImagePullBackOff/, "localhost/no-such-image:1"] },
        },
      },
      {
        run: "up",
        program: (w) => [deployment(w, {}, { options: PATIENCE })],
        expect: { ops: { deployment: "update" }, outputs: { deployment: { status: { readyReplicas: 1 } } } },
      },
    ],
  },
  {
    name: "says which container crashes",
    pods: true,
    steps: [
      {
        run: "up",
        // Without minReadySeconds the container counts as ready in the moment before it crashes.
        program: (w) => [deployment(w, { args: ENDS_BADLY }, { options: FAILING, spec: { minReadySeconds: 15 } })],
        expect: { errors: { deployment: ["deployment", /CrashLoopBackOff|exit code|BackOff/, "main"] } },
      },
    ],
  },
  {
    name: "says why a Job failed",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [job(w, ENDS_BADLY, PATIENCE)],
        expect: { errors: { job: ["job", /BackoffLimitExceeded|exit code/] } },
      },
    ],
  },
  {
    name: "says why a Pod finds no node",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [pod(w, { spec: { nodeSelector: { "conformance.test/none": "none" } } }, FAILING)],
        expect: { errors: { pod: ["pod", /Unschedulable|node/] } },
      },
    ],
  },
  {
    name: "finds a Deployment without replicas and a headless Service without pods ready",
    pods: true,
    steps: [
      {
        run: "up",
        program: (w) => [deployment(w, {}, { options: PATIENCE, spec: { replicas: 0 } }), headless(w)],
        expect: { ops: { deployment: "create", service: "create" } },
      },
    ],
  },
];
