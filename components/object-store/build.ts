import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { dataOptions } from "../data-options";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { openHash } from "../names";
import { makeService } from "../service";
import { type Authority, certificateFiles, issueCertificate } from "../tls";
import { ADMIN, identitiesOf } from "./identities";
import { PORT, securityToml, setupJobArgs, setupWish, statefulSetArgs } from "./manifests";
import type { ObjectStoreSpec } from "./object-store";

export interface Shared {
  /** Host of the store's Service. */
  readonly host: pulumi.Output<string>;
  readonly authority: Authority;
  readonly secretKeys: Readonly<Record<string, pulumi.Output<string>>>;
  readonly labels: Labels;
}

/** The store: its certificate, configuration, Service and process. */
export function buildStore(
  name: string,
  spec: ObjectStoreSpec,
  shared: Shared,
  parent: pulumi.Resource,
): k8s.apps.v1.StatefulSet {
  const { authority, host, labels } = shared;
  const { namespace } = spec;
  const certificate = issueCertificate(
    `${name}-server`,
    { authority, commonName: name, dnsNames: [host, "localhost"], uses: ["server_auth", "client_auth"] },
    parent,
  );
  const tls = new k8s.core.v1.Secret(
    `${name}-tls`,
    {
      metadata: { name: `${name}-tls`, namespace, labels },
      data: secretData(certificateFiles(authority, certificate)),
    },
    { parent },
  );
  const access = Object.fromEntries(Object.entries(spec.users).map(([user, { access }]) => [user, access]));
  const identities = identitiesOf(access, shared.secretKeys);
  const config = new k8s.core.v1.Secret(
    `${name}-config`,
    {
      metadata: { name: `${name}-config`, namespace, labels },
      data: secretData({ "identities.json": identities, "security.toml": securityToml() }),
    },
    { parent },
  );
  makeService(
    `${name}-service`,
    {
      metadata: { name, namespace, labels },
      spec: {
        selector: selectorLabels({ name: "object-store", instance: name }),
        ports: [{ name: "s3", port: PORT, targetPort: "s3" }],
      },
    },
    parent,
  );
  return new k8s.apps.v1.StatefulSet(
    `${name}-store`,
    statefulSetArgs(name, {
      ...spec,
      labels,
      configSecret: config.metadata.name,
      tlsSecret: tls.metadata.name,
      checksum: openHash([identities, certificate.certificate], 16),
      keepVolumes: spec.protect,
    }),
    { parent, ...dataOptions(spec.protect) },
  );
}

/** The Job that makes the buckets. */
export function buildSetup(
  name: string,
  spec: ObjectStoreSpec,
  shared: Shared,
  store: pulumi.Resource,
  parent: pulumi.Resource,
): k8s.batch.v1.Job {
  const { namespace } = spec;
  const labels = objectLabels(spec.labels, { name: "object-store-setup", instance: name }, "setup");
  const metadata = (suffix: string) => ({ name: `${name}-${suffix}`, namespace, labels });
  const admin = new k8s.core.v1.Secret(
    `${name}-admin`,
    {
      metadata: metadata("admin"),
      data: secretData({
        accessKey: ADMIN,
        secretKey: shared.secretKeys[ADMIN] ?? "",
        "ca.crt": shared.authority.certificate,
      }),
    },
    { parent },
  );
  const wish = pulumi.jsonStringify({ host: shared.host, ...setupWish(spec.buckets) }, undefined, 2);
  const config = new k8s.core.v1.ConfigMap(
    `${name}-setup`,
    { metadata: metadata("setup"), data: { "wish.json": wish } },
    { parent },
  );
  return new k8s.batch.v1.Job(
    `${name}-setup`,
    setupJobArgs({
      ...spec.setup,
      namespace,
      labels,
      // A Job runs once, so a changed wish or image is another Job.
      jobName: pulumi.interpolate`${name}-setup-${openHash([wish, spec.setup.image], 12)}`,
      configMap: config.metadata.name,
      adminSecret: admin.metadata.name,
    }),
    { parent, dependsOn: [store] },
  );
}
