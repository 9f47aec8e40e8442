import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instanceOf } from "../../offline/cluster/instance";
import { clusterParts } from "../../scripts/lib/cluster-parts";
import { paths } from "../../scripts/lib/paths";
import { attempt, type Finished, run } from "../../scripts/lib/run";
import { toolPath } from "../../scripts/lib/tools";

/** A cluster beside the clone's own, which these tests may treat badly. */
export const LABEL = "test";

/** The second cluster with everything that tests do to it. */
export class SecondCluster {
  readonly instance: ReturnType<typeof instanceOf>;
  readonly #env: NodeJS.ProcessEnv;

  constructor(port: number) {
    const own = { PLATFORM_INSTANCE: LABEL, PLATFORM_API_PORT: String(port) };
    this.instance = instanceOf(paths.root, own);
    this.#env = { ...process.env, ...own };
  }

  /** `scripts/cluster ...`, however it ends. */
  command(...args: string[]): Promise<Finished> {
    return attempt(join(paths.root, "scripts", "cluster"), args, { env: this.#env });
  }

  /** `scripts/cluster ...`, which must succeed. */
  async must(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await this.command(...args);
    assert.equal(code, 0, `scripts/cluster ${args.join(" ")}\n${stdout}\n${stderr}`);
  }

  kubectl(args: readonly string[], input?: unknown): Promise<string> {
    return run(toolPath("kubectl"), ["--kubeconfig", this.instance.kubeconfig, ...args], {
      input: input === undefined ? "" : JSON.stringify(input),
    });
  }

  apply(...objects: object[]): Promise<string> {
    return this.kubectl(["apply", "--server-side", "--filename=-"], { apiVersion: "v1", kind: "List", items: objects });
  }

  /** A program inside the cluster's network namespace. */
  inside(...argv: string[]): Promise<string> {
    return run("nsenter", [`--net=${this.instance.netnsFile}`, ...argv]);
  }

  /** Certificate authority of the API server. */
  get authority(): string {
    return readFileSync(join(this.instance.dataDir, "pki", "ca.crt"), "utf8");
  }
}

/**
 * A pod that satisfies `restricted` and runs a line of busybox's shell, which the storage provisioner's image holds. /data is the
 * claim's volume, or an empty folder.
 */
export async function shellPod(
  name: string,
  line: string,
  more: { labels?: object; claim?: string; restarts?: boolean } = {},
): Promise<object> {
  const { images } = await clusterParts();
  const claim = more.claim;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { app: name, ...more.labels } },
    spec: {
      restartPolicy: more.restarts === true ? "Always" : "Never",
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 2000,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "shell",
          image: images["local-path-provisioner"],
          command: ["/bin/sh", "-c", `set -e; b=/bin/busybox; ${line}`],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [
        { name: "data", ...(claim === undefined ? { emptyDir: {} } : { persistentVolumeClaim: { claimName: claim } }) },
      ],
    },
  };
}

/** A claim of the default storage class. */
export function volumeClaim(name: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "default" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "16Mi" } } },
  };
}
