import type { Environment } from "../../environment";
import { kubectlOfDev } from "./kubectl";

/** Certificate of the authority that the gateway's addresses are known by, PEM. */
export async function gatewayAuthority({ workloads }: Environment): Promise<string> {
  const kubectl = await kubectlOfDev();
  const namespace = workloads["gateway"]?.namespace ?? "";
  const text = await kubectl(["get", "configmap", "gateway-authority", "--namespace", namespace, "-o", "json"]);
  return (JSON.parse(text) as { data: Record<string, string> }).data["ca.crt"] ?? "";
}
