/**
 * Where Keycloak listens: for clients, for other servers (sessions, and who is still there: that port follows the first by 50,000),
 * and for questions about its health.
 */
export const PORTS = { https: 8443, cluster: 7800, failures: 57800, management: 9000 } as const;

/**
 * Where clients of a realm turn to. Browsers use the public address, which is the issuer too; servers call Keycloak inside the
 * cluster, so they need neither the gateway nor a name that only browsers resolve, and none of them relies on discovery.
 */
export function endpoints(publicUrl: string, internalUrl: string, realm: string) {
  const issuer = `${publicUrl}/realms/${realm}`;
  const inside = `${internalUrl}/realms/${realm}/protocol/openid-connect`;
  return {
    issuer,
    "authorization-endpoint": `${issuer}/protocol/openid-connect/auth`,
    "end-session-endpoint": `${issuer}/protocol/openid-connect/logout`,
    "token-endpoint": `${inside}/token`,
    "jwks-uri": `${inside}/certs`,
    "userinfo-endpoint": `${inside}/userinfo`,
  };
}
