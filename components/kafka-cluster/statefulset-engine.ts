import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { dataOptions } from "../data-options";
import { objectLabels, selectorLabels } from "../labels";
import { openHash } from "../names";
import { makeService } from "../service";
import { certificateFiles, issueCertificate } from "../tls";
import type { Built, Shared } from "./engine";
import type { KafkaSpec, StatefulSetEngine } from "./kafka-cluster";
import { PORTS, SUPER_USERS, serverProperties } from "./server-properties";
import { clusterId, nodeHosts, setupJobArgs, setupWish, statefulSetArgs } from "./statefulset-manifests";

type Spec = KafkaSpec & { readonly engine: StatefulSetEngine };

/** Brokers as a StatefulSet of ours, and a Job that makes topics, users and rights. */
export function buildStatefulSetEngine(name: string, spec: Spec, shared: Shared, parent: pulumi.Resource): Built {
  const hosts = shared.namespace.apply((namespace) => nodeHosts(name, namespace, spec.brokers));
  const broker = buildBrokers(name, spec, shared, hosts, parent);
  const setup = buildSetup(name, spec, shared, hosts, parent, broker);
  return {
    bootstrapServers: pulumi.interpolate`${name}-bootstrap.${shared.namespace}.svc:${PORTS.clients}`,
    ready: [setup],
  };
}

type Hosts = pulumi.Output<string[]>;

function buildBrokers(name: string, spec: Spec, shared: Shared, hosts: Hosts, parent: pulumi.Resource) {
  const { namespace, authority, labels } = shared;
  const selector = selectorLabels({ name: "kafka", instance: name });
  const service = (suffix: string, more: k8s.types.input.core.v1.ServiceSpec) =>
    makeService(
      `${name}-${suffix}`,
      { metadata: { name: `${name}-${suffix}`, namespace, labels }, spec: { selector, ...more } },
      parent,
    );
  const portsOf = (names: readonly (keyof typeof PORTS)[]) =>
    names.map((port) => ({ name: port, port: PORTS[port], targetPort: port }));
  service("nodes", {
    clusterIP: "None",
    publishNotReadyAddresses: true, // nodes find each other before they can be ready
    ports: portsOf(["clients", "controllers", "brokers"]),
  });
  const bootstrap = pulumi.interpolate`${name}-bootstrap.${namespace}.svc`;
  const certificate = issueCertificate(
    `${name}-broker`,
    {
      authority,
      commonName: SUPER_USERS.broker,
      dnsNames: pulumi.all([hosts, bootstrap]).apply(([all, service]) => [...all, service, "localhost"]),
      uses: ["server_auth", "client_auth"],
    },
    parent,
  );
  const tls = new k8s.core.v1.Secret(
    `${name}-broker-tls`,
    {
      metadata: { name: `${name}-broker-tls`, namespace, labels },
      data: secretData({
        ...certificateFiles(authority, certificate),
        "keystore.pem": pulumi.interpolate`${certificate.key}${certificate.certificate}`,
      }),
    },
    { parent },
  );
  const files = hosts.apply((all) =>
    Object.fromEntries(all.map((_, id) => [`server-${id}.properties`, serverProperties({ ...spec, id, hosts: all })])),
  );
  const config = new k8s.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: { name: `${name}-config`, namespace, labels }, data: files },
    { parent },
  );
  if (spec.brokers > 1) {
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption`,
      { metadata: { name, namespace, labels }, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
      { parent },
    );
  }
  const brokers = new k8s.apps.v1.StatefulSet(
    `${name}-brokers`,
    statefulSetArgs(name, {
      ...spec,
      namespace,
      labels,
      image: spec.engine.image,
      nodes: spec.brokers,
      clusterId: namespace.apply((plain) => clusterId(name, plain)),
      configMap: config.metadata.name,
      tlsSecret: tls.metadata.name,
      // The certificate changes whenever its key does, and is no secret.
      checksum: openHash([files, certificate.certificate], 16),
      keepVolumes: spec.protect,
    }),
    { parent, ...dataOptions(spec.protect) },
  );
  service("bootstrap", { ports: portsOf(["clients"]) });
  return brokers;
}

function buildSetup(
  name: string,
  spec: Spec,
  shared: Shared,
  hosts: Hosts,
  parent: pulumi.Resource,
  brokers: pulumi.Resource,
): k8s.batch.v1.Job {
  const { namespace, authority, passwords, passwordSecret } = shared;
  const labels = objectLabels(spec.labels, { name: "kafka-setup", instance: name }, "setup");
  const metadata = (suffix: string) => ({ name: `${name}-${suffix}`, namespace, labels });
  const certificate = issueCertificate(
    `${name}-admin`,
    { authority, commonName: SUPER_USERS.admin, uses: ["client_auth"] },
    parent,
  );
  const admin = new k8s.core.v1.Secret(
    `${name}-admin-tls`,
    {
      metadata: metadata("admin-tls"),
      data: secretData(certificateFiles(authority, certificate)),
    },
    { parent },
  );
  const wish = JSON.stringify(setupWish(spec.topics, spec.users, spec.replicationFactor), null, 2);
  const config = new k8s.core.v1.ConfigMap(
    `${name}-setup`,
    { metadata: metadata("setup"), data: { "wish.json": wish } },
    { parent },
  );
  return new k8s.batch.v1.Job(
    `${name}-setup`,
    setupJobArgs({
      namespace,
      labels,
      image: spec.engine.image,
      // A Job runs once, so a changed wish, password or image is another Job.
      jobName: pulumi.interpolate`${name}-setup-${openHash([wish, passwords, spec.engine.image], 12)}`,
      bootstrap: hosts.apply((all) => all.map((host) => `${host}:${PORTS.brokers}`).join(",")),
      configMap: config.metadata.name,
      adminSecret: admin.metadata.name,
      passwordSecret: passwordSecret.metadata.name,
    }),
    { parent, dependsOn: [brokers] },
  );
}
