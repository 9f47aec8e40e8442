import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { dataOptions } from "../data-options";
import { issueCertificate } from "../tls";
import type { Built, Shared } from "./engine";
import type { KafkaSpec, StrimziEngine } from "./kafka-cluster";
import { PORTS } from "./server-properties";
import { strimziKafka, strimziNodePools, strimziTokenLogin, strimziTopic, strimziUser } from "./strimzi-manifests";

type Spec = KafkaSpec & { readonly engine: StrimziEngine };

/** Brokers, topics, users and rights as custom resources of the Strimzi operator. */
export function buildStrimziEngine(name: string, spec: Spec, shared: Shared, parent: pulumi.Resource): Built {
  const { namespace, authority, labels } = shared;
  const { tokens } = spec;
  const place = { ...spec, namespace, labels };
  const operator = spec.engine.operator === undefined ? [] : [spec.engine.operator];
  const data = { parent, dependsOn: operator, ...dataOptions(spec.protect) };

  const certificate = issueCertificate(
    `${name}-listener`,
    {
      authority,
      commonName: `${name}-kafka-bootstrap`,
      dnsNames: namespace.apply((plain) => listenerNames(name, plain)),
      uses: ["server_auth"],
    },
    parent,
  );
  const listener = new k8s.core.v1.Secret(
    `${name}-listener-tls`,
    {
      metadata: { name: `${name}-listener-tls`, namespace, labels },
      data: secretData({ "tls.crt": certificate.certificate, "tls.key": certificate.key }),
    },
    { parent },
  );
  const issuer =
    tokens === undefined
      ? undefined
      : new k8s.core.v1.ConfigMap(
          `${name}-token-issuer`,
          {
            metadata: { name: `${name}-token-issuer`, namespace, labels },
            data: { "ca.crt": tokens.caCertificate },
          },
          { parent },
        );
  const pools = strimziNodePools(name, {
    ...place,
    ...(issuer === undefined ? {} : { issuerCa: issuer.metadata.name }),
    controllers: spec.engine.controllers,
    keepVolumes: spec.protect,
  }).map((pool) => new k8s.apiextensions.CustomResource(`${name}-pool-${pool.metadata.name}`, pool, data));
  const cluster = new k8s.apiextensions.CustomResource(
    `${name}-cluster`,
    strimziKafka(name, {
      ...place,
      version: spec.engine.version,
      listenerSecret: listener.metadata.name,
      ...(tokens === undefined
        ? {}
        : { tokenLogin: pulumi.output(tokens.jwksUri).apply((jwksUri) => strimziTokenLogin(tokens, jwksUri)) }),
    }),
    { ...data, dependsOn: [...operator, ...pools], customTimeouts: { create: "20m", update: "30m" } },
  );
  const inside = { parent, dependsOn: [cluster] };
  const topics = Object.entries(spec.topics).map(
    ([topic, args]) =>
      new k8s.apiextensions.CustomResource(`${name}-topic-${topic}`, strimziTopic(name, topic, args, place), {
        ...inside,
        ...dataOptions(spec.protect),
      }),
  );
  const passwordSecret = shared.passwordSecret.metadata.name;
  const users = Object.entries(spec.users).map(
    ([user, access]) =>
      new k8s.apiextensions.CustomResource(
        `${name}-user-${user}`,
        strimziUser(name, user, access, { ...place, passwordSecret }),
        inside,
      ),
  );
  return {
    bootstrapServers: pulumi.interpolate`${name}-kafka-bootstrap.${namespace}.svc:${PORTS.clients}`,
    ready: [cluster, ...topics, ...users],
  };
}

/**
 * Names that the operator advertises: its bootstrap Service, and the pods behind its headless one, whose numbers it hands out, so
 * a wildcard (https://strimzi.io/docs/operators/1.2.0/deploying#custom-listener-certificates-str).
 */
function listenerNames(name: string, namespace: string): string[] {
  return [`${name}-kafka-bootstrap.${namespace}.svc`, `*.${name}-kafka-brokers.${namespace}.svc`];
}
