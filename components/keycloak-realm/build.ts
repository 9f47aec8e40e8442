import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { openHash } from "../names";
import { runOnce } from "../run-once";
import { makeService } from "../service";
import { type Authority, certificateFiles, issueCertificate } from "../tls";
import { PORTS } from "./endpoints";
import type { KeycloakSpec } from "./keycloak-realm";
import { BOOTSTRAP_KEY, setupJobArgs, statefulSetArgs } from "./manifests";
import { realmWish } from "./wish";

export interface Shared {
  /** Host of Keycloak's Service. */
  readonly host: pulumi.Output<string>;
  readonly internalUrl: pulumi.Output<string>;
  readonly authority: Authority;
  /** Of each client that logs in by one, by client id. */
  readonly clientSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** First password of each person, by login name. */
  readonly firstPasswords: Readonly<Record<string, pulumi.Input<string>>>;
  readonly bootstrapSecret: pulumi.Output<string>;
  readonly labels: Labels;
}

/** The servers, and what the setup Job needs of them. */
export interface Servers {
  readonly servers: k8s.apps.v1.StatefulSet;
  readonly tls: k8s.core.v1.Secret;
  readonly bootstrap: k8s.core.v1.Secret;
}

/** Keycloak: its certificate, Service and servers. */
export function buildServers(name: string, spec: KeycloakSpec, shared: Shared, parent: pulumi.Resource): Servers {
  const { authority, host, labels } = shared;
  const { namespace } = spec;
  const selector = selectorLabels({ name: "keycloak", instance: name });
  const certificate = issueCertificate(
    `${name}-server`,
    { authority, commonName: name, dnsNames: [host, "localhost"], uses: ["server_auth"] },
    parent,
  );
  const secret = (suffix: string, content: Readonly<Record<string, pulumi.Input<string>>>) =>
    new k8s.core.v1.Secret(
      `${name}-${suffix}`,
      { metadata: { name: `${name}-${suffix}`, namespace, labels }, data: secretData(content) },
      { parent },
    );
  const tls = secret("tls", certificateFiles(authority, certificate));
  const bootstrap = secret("bootstrap", { [BOOTSTRAP_KEY]: shared.bootstrapSecret });
  makeService(
    `${name}-service`,
    {
      metadata: { name, namespace, labels },
      spec: { selector, ports: [{ name: "https", port: PORTS.https, targetPort: "https" }] },
    },
    parent,
  );
  if (spec.replicas > 1) {
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption`,
      { metadata: { name, namespace, labels }, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
      { parent },
    );
  }
  const servers = new k8s.apps.v1.StatefulSet(
    `${name}-servers`,
    statefulSetArgs(name, {
      ...spec,
      labels,
      databaseSecret: spec.database.secretName,
      poolSize: Math.floor(spec.database.connections / spec.replicas),
      tlsSecret: tls.metadata.name,
      bootstrapSecret: bootstrap.metadata.name,
      // The certificate changes whenever its key does, and is no secret.
      checksum: openHash([certificate.certificate], 16),
    }),
    { parent, dependsOn: [...spec.database.ready] },
  );
  return { servers, tls, bootstrap };
}

/** The Job that applies the realm, and its like for whoever asks: `scripts/realm` makes short-lived Jobs of the PodTemplate. */
export function buildSetup(
  name: string,
  spec: KeycloakSpec,
  shared: Shared,
  { servers, tls, bootstrap }: Servers,
  parent: pulumi.Resource,
): k8s.batch.v1.Job {
  const { namespace } = spec;
  const labels = objectLabels(spec.labels, { name: "keycloak-setup", instance: name }, "setup");
  const metadata = (suffix: string) => ({ name: `${name}-${suffix}`, namespace, labels });
  const secret = (suffix: string, content: Readonly<Record<string, pulumi.Input<string>>>) =>
    new k8s.core.v1.Secret(`${name}-${suffix}`, { metadata: metadata(suffix), data: secretData(content) }, { parent });
  const clients = secret("clients", shared.clientSecrets);
  const people = secret("people", shared.firstPasswords);
  const wish = JSON.stringify(realmWish(spec.realm), null, 2);
  const config = new k8s.core.v1.ConfigMap(
    `${name}-setup`,
    { metadata: metadata("setup"), data: { "wish.json": wish } },
    { parent },
  );
  const job = setupJobArgs({
    namespace,
    labels,
    image: spec.image,
    // A Job runs once, so a changed realm, secret or image is another Job. A first password is of no use after the first login.
    jobName: pulumi.interpolate`${name}-setup-${openHash([wish, shared.clientSecrets, spec.image], 12)}`,
    internalUrl: shared.internalUrl,
    configMap: config.metadata.name,
    tlsSecret: tls.metadata.name,
    clientSecrets: clients.metadata.name,
    peopleSecret: people.metadata.name,
    bootstrapSecret: bootstrap.metadata.name,
  });
  new k8s.core.v1.PodTemplate(
    `${name}-setup-template`,
    { metadata: metadata("setup"), template: job.spec.template },
    { parent },
  );
  return runOnce(`${name}-setup`, job, {
    parent,
    dependsOn: [servers],
    customTimeouts: { create: "10m", update: "10m" },
  });
}
