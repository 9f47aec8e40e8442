import type { Environment } from "../../environment";
import type { Kubectl } from "./kubectl";

/** Certificate of the authority that Keycloak is known by inside the cluster, PEM. */
export async function keycloakAuthority({ workloads }: Environment, kubectl: Kubectl): Promise<string> {
  const namespace = workloads["keycloak"]?.namespace ?? "";
  const path = "jsonpath={.data.ca\\.crt}";
  const encoded = await kubectl(["get", "secret", "keycloak-tls", "--namespace", namespace, "-o", path]);
  return Buffer.from(encoded, "base64").toString();
}
