import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import { backendRef } from "./resources";

/**
 * How the gateway logs people in: a confidential client of an OpenID provider. Every address is given, none is discovered: the
 * provider's own name need not lead to it from inside the cluster.
 */
export interface GatewayLogin {
  /** As tokens name it. */
  readonly issuer: pulumi.Input<string>;
  /** Where browsers are sent to log in and, after a logout here, to end the login itself. */
  readonly authorizationEndpoint: pulumi.Input<string>;
  readonly endSessionEndpoint: pulumi.Input<string>;
  /** Where proxies fetch tokens and keys: addresses of the Service in the cluster. */
  readonly tokenEndpoint: pulumi.Input<string>;
  readonly jwksUri: pulumi.Input<string>;
  readonly clientId: string;
  readonly clientSecret: pulumi.Input<string>;
  /** Service and port of the addresses inside the cluster, and the authority that signed its certificate, PEM. */
  readonly provider: {
    readonly host: pulumi.Input<string>;
    readonly port: number;
    readonly caCertificate: pulumi.Input<string>;
  };
}

/** Path to which the provider sends people back; part of the client's redirect URIs. */
export const CALLBACK_PATH = "/oauth2/callback";
const LOGOUT_PATH = "/oauth2/logout";

const PROVIDER = "login";

export interface PolicySpec extends GatewayLogin {
  /** Address of the host, with its port. */
  readonly url: string;
  /** Roles of the client; people with any of them are let in. */
  readonly roles: readonly string[];
  /** Secret with `client-secret`. */
  readonly secret: pulumi.Input<string>;
  /** Name of the provider's `Backend`. */
  readonly backend: string;
}

/**
 * Only people with a role get through to the service: whoever is not logged in is sent to the provider, and the access token that
 * comes back must be signed by it, be valid still, and hold the role.
 */
export function loginPolicy(
  name: string,
  metadata: { readonly namespace: pulumi.Input<string>; readonly labels: Labels },
  spec: PolicySpec,
) {
  const backendRefs = [backendRef(spec.backend)];
  const { issuer, authorizationEndpoint, endSessionEndpoint, tokenEndpoint, clientId, roles } = spec;
  const claims = [{ name: `resource_access.${clientId}.roles`, valueType: "StringArray", values: [...roles] }];
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "SecurityPolicy",
    metadata: { ...metadata, name },
    spec: {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name }],
      oidc: {
        provider: { issuer, authorizationEndpoint, endSessionEndpoint, tokenEndpoint, backendRefs },
        clientID: clientId,
        clientSecret: { name: spec.secret },
        redirectURL: `${spec.url}${CALLBACK_PATH}`,
        logoutPath: LOGOUT_PATH,
        forwardAccessToken: true, // where the next filter looks for it
      },
      jwt: { providers: [{ name: PROVIDER, issuer, remoteJWKS: { uri: spec.jwksUri, backendRefs } }] },
      authorization: {
        defaultAction: "Deny",
        rules: [{ name: "role", action: "Allow", principal: { jwt: { provider: PROVIDER, claims } } }],
      },
    },
  };
}
