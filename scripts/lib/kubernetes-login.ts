import { type Environment, KUBERNETES_CLIENT, KUBERNETES_PREFIX } from "../../environment";
import type { TokenIssuer } from "../../offline/cluster/authentication";

/** The realm's own address: the `iss` of its tokens. */
function issuerOf({ hosts, realm }: Environment): string {
  return `${hosts["login"]?.url ?? ""}/realms/${realm.name}`;
}

/**
 * The realm as an issuer of tokens, for an API server: people are known by their login names, in their groups, each with a prefix.
 * It asks Keycloak inside the cluster, where it needs neither the gateway nor a name that only browsers resolve.
 * @param authority that Keycloak's certificate inside the cluster is trusted by, PEM.
 */
export function realmAsIssuer(environment: Environment, authority: string): TokenIssuer {
  const { workloads, realm } = environment;
  const keycloak = workloads["keycloak"];
  const inside = `https://keycloak.${keycloak?.namespace}.svc:${keycloak?.ports["https"]}/realms/${realm.name}`;
  return {
    issuer: {
      url: issuerOf(environment),
      discoveryURL: `${inside}/.well-known/openid-configuration`,
      certificateAuthority: authority,
      audiences: [KUBERNETES_CLIENT],
    },
    claimMappings: {
      username: { claim: "preferred_username", prefix: KUBERNETES_PREFIX },
      groups: { claim: "groups", prefix: KUBERNETES_PREFIX },
      uid: { claim: "sub" },
    },
  };
}

/** What a kubeconfig for people is made of; none of it is a secret. */
export interface Access {
  /** Cluster of another kubeconfig: its `server` and `certificate-authority-data`. */
  readonly cluster: Readonly<Record<string, unknown>>;
  /** Authority that the realm's public address is trusted by, PEM. */
  readonly gatewayAuthority: string;
}

/**
 * A kubeconfig by which people log in with their browser: kubectl asks kubelogin for a token
 * (https://github.com/int128/kubelogin), which asks the realm by authorization code and PKCE.
 */
export function kubeconfigFor(environment: Environment, name: string, { cluster, gatewayAuthority }: Access): object {
  const authority = Buffer.from(gatewayAuthority).toString("base64");
  const args = [
    "oidc-login",
    "get-token",
    `--oidc-issuer-url=${issuerOf(environment)}`,
    `--oidc-client-id=${KUBERNETES_CLIENT}`,
    `--certificate-authority-data=${authority}`,
  ];
  const installHint =
    "Install kubelogin: kubectl krew install oidc-login, or https://github.com/int128/kubelogin#setup";
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "kubectl", args, installHint };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: { exec: { ...exec, interactiveMode: "IfAvailable" } } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
}
