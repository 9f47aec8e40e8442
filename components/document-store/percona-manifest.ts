import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import type { Storage } from "../storage";
import { type Resources, resourceRequirements } from "../workload";
import type { Login } from "./contract";

/** Name of the replica set; part of the operator's Service names and of clients' addresses. */
export const REPLICA_SET = "rs0";

/** uid and gid of Percona's image. */
const USER = 1001;

export interface PerconaSpec {
  readonly namespace: pulumi.Input<string>;
  /** Image of Percona Server for MongoDB. */
  readonly image: pulumi.Input<string>;
  /** Version of the operator whose reading of this object holds. */
  readonly operatorVersion: string;
  readonly members: number;
  readonly storage: Storage;
  readonly resources: Resources;
  readonly labels: Labels;
  readonly logins: readonly Login[];
  /** Secret with a password for each login under its key. */
  readonly passwordsSecret: pulumi.Input<string>;
  /** Secret with `ca.crt`, `tls.crt` and `tls.key`, for clients and among members. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Keep the volumes when the object is deleted. */
  readonly keepVolumes: boolean;
}

/** `PerconaServerMongoDB`: https://docs.percona.com/percona-operator-for-mongodb/operator.html */
export function clusterManifest(name: string, spec: PerconaSpec) {
  const { namespace, labels, storage, members } = spec;
  return {
    apiVersion: "psmdb.percona.com/v1",
    kind: "PerconaServerMongoDB",
    metadata: {
      name,
      namespace,
      labels,
      annotations: { "pulumi.com/waitFor": "jsonpath={.status.state}=ready" },
      finalizers: [
        "percona.com/delete-psmdb-pods-in-order",
        ...(spec.keepVolumes ? [] : ["percona.com/delete-psmdb-pvc"]),
      ],
    },
    spec: {
      crVersion: spec.operatorVersion,
      image: spec.image,
      imagePullPolicy: "IfNotPresent",
      updateStrategy: "SmartUpdate",
      // Versions are the platform's business; the operator would ask its maker for newer ones.
      upgradeOptions: { apply: "disabled" },
      tls: { mode: "requireTLS" },
      secrets: { ssl: spec.tlsSecret, sslInternal: spec.tlsSecret },
      ...(members < 3 ? { unsafeFlags: { replsetSize: true } } : {}),
      replsets: [replicaSet(spec)],
      sharding: { enabled: false },
      users: spec.logins.map(({ database, user, key }) => ({
        name: user,
        db: database,
        passwordSecretRef: { name: spec.passwordsSecret, key },
        roles: [{ name: "readWrite", db: database }],
      })),
    },
  };

  function replicaSet({ resources }: PerconaSpec) {
    return {
      name: REPLICA_SET,
      size: members,
      labels,
      affinity: { antiAffinityTopologyKey: members > 1 ? "kubernetes.io/hostname" : "none" },
      ...(members > 1 ? { podDisruptionBudget: { maxUnavailable: 1 } } : {}),
      expose: { enabled: false },
      podSecurityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      resources: resourceRequirements(resources),
      volumeSpec: {
        persistentVolumeClaim: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: storage.size } },
          ...(storage.storageClass === undefined ? {} : { storageClassName: storage.storageClass }),
        },
      },
    };
  }
}

/** Host names that members and clients use: of the Service, of each member behind it, and within the pod. */
export function serverNames(name: string, namespace: string): string[] {
  const service = `${name}-${REPLICA_SET}.${namespace}.svc`;
  return ["localhost", ...[service, `${service}.cluster.local`].flatMap((host) => [host, `*.${host}`])];
}
