import { homedir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { defaultKubeconfig, type EnvironmentOf, GATEWAY_NODE_PORTS, milliseconds, SETUP_CONTEXT } from "../environment";
import { brokerInCluster } from "./broker-in-cluster";
import { documentStoreInCluster } from "./document-store-in-cluster";
import type { Base, Foundation } from "./foundation";
import { kubernetesProvider } from "./kubernetes-cluster";
import type { Machine } from "./main";
import { makeNamespaces } from "./namespaces";
import { objectStoreInCluster } from "./object-store-in-cluster";
import { postgresInCluster } from "./postgres-in-cluster";

/** The namespace that CloudNativePG's own manifest makes. */
const OPERATOR_NAMESPACE = "cnpg-system";

/** A kubeconfig does not say where pods reach the API server: only its port is held to. */
const ANYWHERE = ["0.0.0.0/0"];

/** uid of the user in images/kafka. */
const KAFKA_USER = 1000;

/**
 * One machine: a kubeconfig gives the cluster, images come from this machine, and every service runs in the cluster. Outside a
 * preview it begins once the API server answers `/readyz` to the kubeconfig's credentials; rejects where it does not.
 */
export async function layDev(
  environment: EnvironmentOf<"dev">,
  { root, images, operators, whenReady }: Machine,
): Promise<Foundation> {
  const access = { ...clusterOf(environment, root), timeoutSeconds: milliseconds(environment.clusterTimeout) / 1000 };
  if (!pulumi.runtime.isDryRun()) await whenReady(access);
  const provider = kubernetesProvider("kubernetes", access);
  const labels = { "platform.data/stack": pulumi.getStack() };
  const base: Base = {
    kubernetes: { provider, storage: {}, apiServers: ANYWHERE },
    providers: [provider, new random.Provider("random"), new tls.Provider("tls")],
    images,
    operators,
    labels,
    namespaces: makeNamespaces(environment, [OPERATOR_NAMESPACE], labels, provider),
    python: { image: images("kafka"), user: KAFKA_USER },
  };
  const { services } = environment;
  return {
    ...base,
    // The one-node cluster and kind have no load balancer; ports of the host's loopback interface lead to the node's.
    gatewayExposure: { type: "NodePort", ...GATEWAY_NODE_PORTS },
    kafkaEngine: { kind: "statefulset", image: images("kafka") },
    ...(services.postgres ? { postgres: await postgresInCluster(environment, base) } : {}),
    ...(services.valkey ? { broker: brokerInCluster(environment, base) } : {}),
    ...(services.objectStore ? { objectStore: objectStoreInCluster(environment, base) } : {}),
    ...(services.mongodb ? { documents: documentStoreInCluster(environment, base) } : {}),
  };
}

/** A context that is given is looked up where kubectl would; else it is what `make setup-k8s` has left. */
function clusterOf({ kubeContext, kubeconfig }: EnvironmentOf<"dev">, root: string) {
  if (kubeContext === undefined) return { kubeconfig: join(root, ".platform", "kubeconfig"), context: SETUP_CONTEXT };
  return {
    kubeconfig: kubeconfig ?? defaultKubeconfig(process.env, homedir()),
    context: kubeContext,
  };
}
