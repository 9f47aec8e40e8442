import { setTimeout as delay } from "node:timers/promises";
import { setTokenIssuers } from "../../offline/cluster/authentication";
import type { Instance } from "../../offline/cluster/instance";
import { devEnvironment } from "./dev-environment";
import { keycloakAuthority } from "./keycloak-authority";
import type { Kubectl } from "./kubectl";
import { realmAsIssuer } from "./kubernetes-login";

/** Milliseconds that a running API server may take: it looks at the file once a minute if it misses the change, and asks the issuer. */
const TAKEN_WITHIN = 150_000;

/** The metric with the hash of the configuration that the API server goes by. */
const METRIC = /^apiserver_authentication_config_controller_last_config_info\{.*hash="(sha256:[0-9a-f]{64})"\} 1$/m;

/** Has the one-node cluster's API server take the tokens of the stack's realm, or nobody's where the stack has none, and waits for it. */
export async function letRealmIn(instance: Instance, kubectl: Kubectl): Promise<string> {
  const environment = devEnvironment();
  const { services, hosts } = environment;
  const issuers = services.keycloak ? [realmAsIssuer(environment, await keycloakAuthority(environment, kubectl))] : [];
  const hash = setTokenIssuers(instance, issuers);
  const deadline = Date.now() + TAKEN_WITHIN;
  while (METRIC.exec(await kubectl(["get", "--raw", "/metrics"]))?.[1] !== hash) {
    if (Date.now() > deadline)
      throw new Error(
        "the API server did not take the realm's tokens. Look at `scripts/cluster logs kube-apiserver` for why; it goes on trying.",
      );
    await delay(1000);
  }
  return services.keycloak ? `people of ${hosts["login"]?.url} may log in` : "nobody logs in by a realm";
}
