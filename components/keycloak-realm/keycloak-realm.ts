import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { credentialSecrets } from "../credentials";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import { makePassword, makePasswords } from "../passwords";
import { refuse } from "../problems";
import { issueAuthority } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { buildServers, buildSetup } from "./build";
import { checkKeycloak } from "./check";
import { endpoints, PORTS } from "./endpoints";
import { BOOTSTRAP_CLIENT, hasSecret, type Realm, SETUP_CLIENT } from "./realm";

/** The PostgreSQL database that holds everything. */
export interface KeycloakDatabase {
  /** Secret in the namespace with the keys that `PostgresDatabase` writes. The server's certificate is verified by its `ca.crt`. */
  readonly secretName: string;
  /** Connections that all servers may open together, 5 or more for each. */
  readonly connections: number;
  /** What makes the database and the Secret. */
  readonly ready: readonly pulumi.Resource[];
}

/** What the database knows too. Without them nobody gets in who does not yet know a password: keep them for as long as the database. */
export interface KeycloakKeys {
  /** 40 letters and digits: secret of the service account by which the realm is applied. */
  readonly setup: pulumi.Input<string>;
  /** First password of each person, by login name. */
  readonly people: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface KeycloakRealmArgs {
  /** Namespace of Keycloak. Changing it replaces the servers; nothing is lost. */
  readonly namespace: pulumi.Input<string>;
  /** Image with `kc.sh`, built for PostgreSQL, and `realm_apply.py`; see images/keycloak. */
  readonly image: pulumi.Input<string>;
  /** Address by which browsers reach it, without a final slash. Plain. It is in every token: changing it ends all sessions. */
  readonly publicUrl: string;
  readonly database: KeycloakDatabase;
  readonly keys: KeycloakKeys;
  /** Plain. The realm, and who may do what in it. */
  readonly realm: Realm;
  /** Servers. Plain. They share sessions over ports 7800 and 57800, and find each other through the database. @default 1 */
  readonly replicas?: number;
  /** Of each server; at most half of the memory is heap. @default 100m cores, 768Mi: 503 MiB were measured after the realm was applied */
  readonly resources?: Resources;
  /**
   * Believe X-Forwarded-For, -Proto and -Host. Only where nothing but a gateway that writes them itself, and the applications
   * that log in, reach Keycloak. @default false
   */
  readonly proxyHeaders?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { replicas: 1, resources: { cpu: "100m", memory: "768Mi" }, proxyHeaders: false, labels: {} };

export type KeycloakSpec = WithDefaults<KeycloakRealmArgs, typeof DEFAULTS>;

/** How a client that keeps a secret logs people in, every address given. */
export interface ClientLogin {
  readonly issuer: string;
  /** Where browsers are sent. */
  readonly authorizationEndpoint: string;
  readonly endSessionEndpoint: string;
  readonly tokenEndpoint: pulumi.Output<string>;
  readonly jwksUri: pulumi.Output<string>;
  readonly clientId: string;
  readonly clientSecret: pulumi.Output<string>;
  /** Keycloak inside the cluster. */
  readonly provider: {
    readonly host: pulumi.Output<string>;
    readonly port: number;
    readonly caCertificate: pulumi.Output<string>;
  };
}

/**
 * Keycloak in production mode over TLS, and one realm in it that is applied from inside the cluster whenever it changes, so that
 * Keycloak need not be reachable from where Pulumi runs. There is no administrator: the account that Keycloak starts with makes a
 * service account for the setup Job, and is deleted.
 */
export class KeycloakRealm extends pulumi.ComponentResource {
  /** What tokens are issued by: the realm's public address. */
  readonly issuer: string;
  /** `https://host:port` inside the Kubernetes cluster. */
  readonly internalUrl: pulumi.Output<string>;
  /** Where servers inside the cluster find the keys that tokens are signed with. */
  readonly jwksUri: pulumi.Output<string>;
  /** Certificate of the authority that signed Keycloak's inside the cluster, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What clients depend on: Keycloak answers, and the realm is as wished. */
  readonly ready: k8s.batch.v1.Job;
  /** By the ids of the clients that keep a secret. */
  readonly logins: Readonly<Record<string, ClientLogin>>;

  constructor(name: string, args: KeycloakRealmArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.keycloakRealm, name, {}, opts);
    const spec: KeycloakSpec = { ...DEFAULTS, ...args };
    refuse(checkKeycloak(name, spec), this);

    const { clients = {} } = spec.realm;
    const labels = objectLabels(spec.labels, { name: "keycloak", instance: name }, "server");
    const host = pulumi.interpolate`${name}.${spec.namespace}.svc`;
    this.internalUrl = pulumi.interpolate`https://${host}:${PORTS.https}`;
    const authority = issueAuthority(name, `${name} Keycloak CA`, this);
    this.caCertificate = authority.certificate;
    const withSecret = Object.keys(clients).filter((id) => clients[id] !== undefined && hasSecret(clients[id]));
    const ownSecrets = makePasswords(name, withSecret, "key", { parent: this });
    const clientSecrets: Record<string, pulumi.Output<string>> = {
      ...ownSecrets,
      [SETUP_CLIENT]: pulumi.secret(spec.keys.setup),
    };
    const bootstrapSecret = makePassword(`${name}-${BOOTSTRAP_CLIENT}`, "key", { parent: this });
    const { internalUrl } = this;
    const shared = {
      host,
      internalUrl,
      authority,
      clientSecrets,
      firstPasswords: spec.keys.people,
      bootstrapSecret,
      labels,
    };
    this.ready = buildSetup(name, spec, shared, buildServers(name, spec, shared, this), this);

    const outside = endpoints(spec.publicUrl, "", spec.realm.name);
    this.issuer = outside.issuer;
    const addresses = internalUrl.apply((inside) => endpoints(spec.publicUrl, inside, spec.realm.name));
    this.jwksUri = addresses["jwks-uri"];
    this.logins = Object.fromEntries(
      Object.entries(clientSecrets).map(([clientId, clientSecret]) => [
        clientId,
        {
          issuer: this.issuer,
          authorizationEndpoint: outside["authorization-endpoint"],
          endSessionEndpoint: outside["end-session-endpoint"],
          tokenEndpoint: addresses["token-endpoint"],
          jwksUri: this.jwksUri,
          clientId,
          clientSecret,
          provider: { host, port: PORTS.https, caCertificate: this.caCertificate },
        },
      ]),
    );
    for (const [id, client] of Object.entries(clients)) {
      const secret = clientSecrets[id];
      const content = {
        issuer: this.issuer,
        "authorization-endpoint": addresses["authorization-endpoint"],
        "end-session-endpoint": addresses["end-session-endpoint"],
        "token-endpoint": addresses["token-endpoint"],
        "jwks-uri": this.jwksUri,
        "userinfo-endpoint": addresses["userinfo-endpoint"],
        "ca.crt": this.caCertificate,
        "client-id": id,
        ...(secret === undefined ? {} : { "client-secret": secret }),
      };
      credentialSecrets(`${name}-${id}`, client.credentialsIn ?? [], content, labels, { parent: this });
    }
    this.registerOutputs({ issuer: this.issuer, internalUrl, caCertificate: this.caCertificate });
  }
}
