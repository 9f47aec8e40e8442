import { createHash } from "node:crypto";
import { join } from "node:path";
import { stringify } from "yaml";
import { readJsonIfSound } from "../../scripts/lib/json-file";
import type { Instance } from "./instance";
import { writeSecret } from "./write";

/** An issuer whose tokens the API server takes, in its words: https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/ */
export type TokenIssuer = Readonly<Record<string, unknown>>;

/** Where the API server reads who may come in. It reads the file again whenever it changes. */
export function authenticationFile(instance: Instance): string {
  return join(instance.runDir, "config", "authentication.yaml");
}

/** Issuers as they were last set; outlives a restart. */
function issuersFile(instance: Instance): string {
  return join(instance.dataDir, "token-issuers.json");
}

/**
 * Whose tokens are taken beside certificates and service accounts. Without a name one may ask for health alone; that part may not
 * change while the API server runs.
 */
export function authenticationConfig(issuers: readonly TokenIssuer[]): string {
  return stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] },
    ...(issuers.length === 0 ? {} : { jwt: issuers }),
  });
}

/** Writes the file for a start, with the issuers of the last time. An issuer that does not answer yet holds nothing up. */
export function writeAuthentication(instance: Instance): void {
  const issuers = readJsonIfSound<TokenIssuer[]>(issuersFile(instance)) ?? [];
  writeSecret(authenticationFile(instance), authenticationConfig(issuers));
}

/**
 * Has the API server take the tokens of these issuers and of no others, now and after a restart. A running one does so once all of
 * them answer; it then shows the hash that is answered here in its metric
 * `apiserver_authentication_config_controller_last_config_info`.
 */
export function setTokenIssuers(instance: Instance, issuers: readonly TokenIssuer[]): string {
  writeSecret(issuersFile(instance), `${JSON.stringify(issuers, null, 2)}\n`);
  writeAuthentication(instance);
  return `sha256:${createHash("sha256").update(authenticationConfig(issuers)).digest("hex")}`;
}
