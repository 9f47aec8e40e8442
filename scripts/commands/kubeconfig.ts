import { stringify } from "yaml";
import { command } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { gatewayAuthority } from "../lib/gateway-authority";
import { keycloakAuthority } from "../lib/keycloak-authority";
import { kubectlOfDev } from "../lib/kubectl";
import { kubeconfigFor, realmAsIssuer } from "../lib/kubernetes-login";

const HELP = `Usage: scripts/kubeconfig [--issuer]

Prints a kubeconfig by which people log in to the Kubernetes of the dev stack through the realm, with their browser and the
program kubelogin. It holds no secret: scripts/kubeconfig > ~/.kube/platform.

  --issuer   print what an API server must be told for it, for a Kubernetes of your own: an entry of \`jwt\` in the
             AuthenticationConfiguration. The one-node cluster is told by scripts/up
`;

/** Name of the context. */
const NAME = "platform";

export const main = command({ name: "kubeconfig", help: HELP, options: { issuer: "flag" } }, async ({ issuer }) => {
  const environment = devEnvironment();
  const kubectl = await kubectlOfDev();
  if (!environment.services.keycloak)
    throw new Error("keycloak is switched off in this stack, so nobody can log in by it.");
  if (issuer) {
    console.log(stringify([realmAsIssuer(environment, await keycloakAuthority(environment, kubectl))]).trimEnd());
    return 0;
  }
  if (!environment.services.gateway)
    throw new Error("the gateway is switched off in this stack, so no browser reaches the login.");
  const shown = await kubectl(["config", "view", "--minify", "--raw", "--flatten", "-o", "json"]);
  const [own] = (JSON.parse(shown) as { clusters: { cluster: Record<string, unknown> }[] }).clusters;
  const access = { cluster: own?.cluster ?? {}, gatewayAuthority: await gatewayAuthority(environment) };
  console.log(stringify(kubeconfigFor(environment, NAME, access)).trimEnd());
  return 0;
});
