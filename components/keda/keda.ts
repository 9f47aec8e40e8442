import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { checkDefinitions, registerDefinitions } from "../custom-resource-definitions";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import type { Manifest } from "../manifest-object";
import { openHash } from "../names";
import { buildGate, type Probe } from "../operator-gate";
import { Problems, refuse } from "../problems";
import type { PythonImage } from "../python-image";
import { makeService } from "../service";
import { certificateFiles, issueAuthority, issueCertificate } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import {
  ADAPTER,
  ADAPTER_RULES,
  adapterDeployment,
  CLUSTER_RULES,
  OPERATOR,
  OWN_RULES,
  operatorDeployment,
  SCALING_RULES,
  serverService,
} from "./manifests";

export interface KedaArgs {
  /** Namespace of KEDA. Changing it replaces it. */
  readonly namespace: pulumi.Input<string>;
  /** Images with `/keda` and with `/keda-adapter`. */
  readonly images: { readonly operator: pulumi.Input<string>; readonly adapter: pulumi.Input<string> };
  /** Definitions of the custom resources, as scripts/operators writes them. Plain: they decide which resources exist. */
  readonly definitions: readonly Manifest[];
  /** Namespaces where something may be scaled, by a name for each. Plain names. */
  readonly scaled: Readonly<Record<string, pulumi.Input<string>>>;
  /** Authorities by which servers that triggers ask prove themselves, PEM, by a name for each. @default none */
  readonly authorities?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Image that the gate runs in. */
  readonly gate: PythonImage;
  /** Of operator and adapter each. @default 20m cores, 128Mi (at rest each takes 30Mi and 4m) */
  readonly resources?: Resources;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { authorities: {}, resources: { cpu: "20m", memory: "128Mi" }, labels: {} };

type Spec = WithDefaults<KedaArgs, typeof DEFAULTS>;

const NEEDED = [
  ...["scaledobjects", "scaledjobs", "triggerauthentications", "clustertriggerauthentications"].map(
    (k) => `${k}.keda.sh`,
  ),
  ...["cloudeventsources", "clustercloudeventsources"].map((k) => `${k}.eventing.keda.sh`),
];

/** Path of the API that the adapter serves. */
const METRICS_API = "/apis/external.metrics.k8s.io/v1beta1";

/** Smallest ScaledObject that its definition accepts. */
const PROBE: Probe = {
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledObject",
  resource: "scaledobjects",
  spec: { scaleTargetRef: { name: "gate" }, triggers: [{ type: "postgresql", metadata: {} }] },
};

/**
 * KEDA for what is scaled by a question to a database: the operator, the adapter of the metrics API, and a gate that opens when both
 * can be used. It acts in the named namespaces and reads Secrets in its own alone. ScaledObjects depend on `ready`.
 */
export class Keda extends pulumi.ComponentResource {
  /** The gate. */
  readonly ready: k8s.batch.v1.Job;

  constructor(name: string, args: KedaArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.keda, name, {}, opts);
    const spec: Spec = { ...DEFAULTS, ...args };
    const problems = new Problems(`Keda "${name}"`);
    problems.name("name", name);
    checkDefinitions(problems, "definitions", spec.definitions, NEEDED);
    problems.resources("resources", spec.resources);
    for (const key of Object.keys(spec.scaled)) problems.name("scaled", key);
    for (const key of Object.keys(spec.authorities)) problems.name("authorities", key);
    refuse(problems.found, this);

    const definitions = registerDefinitions(name, spec.definitions, spec.labels, { parent: this });
    const rights = this.#buildRights(name, spec);
    const servers = this.#buildServers(name, spec, [...definitions, ...rights]);
    this.ready = buildGate(
      name,
      {
        ...spec.gate,
        operator: "keda",
        probe: PROBE,
        alsoAnswers: METRICS_API,
        namespace: spec.namespace,
        labels: spec.labels,
        // An upgraded operator passes the gate again.
        version: openHash([spec.images, JSON.stringify(spec.definitions)], 12),
      },
      { parent: this, dependsOn: servers },
    );
    this.registerOutputs({});
  }

  #labels(spec: Spec, server: string): Labels {
    return objectLabels(spec.labels, { name: server, instance: server }, "scaling");
  }

  /** Operator and adapter know each other by certificates of one authority, by which the API server knows the adapter too. */
  #buildServers(name: string, spec: Spec, needed: readonly pulumi.Resource[]): pulumi.Resource[] {
    const { namespace } = spec;
    const child = { parent: this };
    const authority = issueAuthority(name, `${name} KEDA CA`, this);
    const namesOf = (server: string) => {
      const inCluster = pulumi.interpolate`${server}.${namespace}.svc`;
      return [inCluster, pulumi.interpolate`${inCluster}.cluster.local`];
    };
    const certificate = issueCertificate(
      `${name}-servers`,
      {
        authority,
        commonName: OPERATOR,
        dnsNames: [...namesOf(OPERATOR), ...namesOf(ADAPTER)],
        uses: ["server_auth", "client_auth"],
      },
      this,
    );
    const labels = this.#labels(spec, OPERATOR);
    const tls = new k8s.core.v1.Secret(
      `${name}-tls`,
      {
        metadata: { name: `${name}-tls`, namespace, labels },
        data: secretData(certificateFiles(authority, certificate)),
      },
      child,
    );
    const trusted = Object.entries(spec.authorities).map(([key, pem]) => [`${key}.pem`, pem]);
    const authorities = new k8s.core.v1.ConfigMap(
      `${name}-authorities`,
      { metadata: { name: `${name}-authorities`, namespace, labels }, data: Object.fromEntries(trusted) },
      child,
    );
    const serverSpec = (server: string, image: pulumi.Input<string>) => ({
      namespace,
      labels: this.#labels(spec, server),
      image,
      resources: spec.resources,
      tlsSecret: tls.metadata.name,
      checksum: openHash([certificate.certificate, trusted], 16),
      watched: pulumi.all([namespace, ...Object.values(spec.scaled)]).apply((all) => all.join(",")),
    });
    const after = { ...child, dependsOn: [...needed] };
    const operator = new k8s.apps.v1.Deployment(
      `${name}-operator`,
      operatorDeployment(serverSpec(OPERATOR, spec.images.operator), authorities.metadata.name),
      after,
    );
    const adapter = new k8s.apps.v1.Deployment(
      `${name}-adapter`,
      adapterDeployment(serverSpec(ADAPTER, spec.images.adapter)),
      after,
    );
    for (const [suffix, server] of [
      ["operator", OPERATOR],
      ["adapter", ADAPTER],
    ] as const)
      makeService(`${name}-${suffix}`, serverService(server, { namespace, labels: this.#labels(spec, server) }), this);
    const api = new k8s.apiregistration.v1.APIService(
      `${name}-metrics-api`,
      {
        metadata: { name: "v1beta1.external.metrics.k8s.io", labels },
        spec: {
          service: { name: ADAPTER, namespace },
          group: "external.metrics.k8s.io",
          version: "v1beta1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          caBundle: authority.certificate.apply((pem) => Buffer.from(pem).toString("base64")),
        },
      },
      { ...child, dependsOn: [adapter] },
    );
    return [operator, adapter, api];
  }

  #buildRights(name: string, spec: Spec): pulumi.Resource[] {
    const { namespace, labels } = spec;
    const child = { parent: this };
    const account = (server: string) =>
      new k8s.core.v1.ServiceAccount(
        `${name}-${server}`,
        {
          metadata: { name: server, namespace, labels: this.#labels(spec, server) },
          automountServiceAccountToken: false,
        },
        child,
      );
    const subjects = (...accounts: k8s.core.v1.ServiceAccount[]) =>
      accounts.map(({ metadata }) => ({ kind: "ServiceAccount", name: metadata.name, namespace }));
    const [operator, adapter] = [account(OPERATOR), account(ADAPTER)];
    const roleRef = (kind: string, role: pulumi.Input<string>) => ({
      apiGroup: "rbac.authorization.k8s.io",
      kind,
      name: role,
    });

    const inNamespace = (
      suffix: string,
      where: pulumi.Input<string>,
      rules: typeof SCALING_RULES,
      server: k8s.core.v1.ServiceAccount,
    ) => {
      const metadata = { name: `${name}-${suffix}`, namespace: where, labels };
      const role = new k8s.rbac.v1.Role(`${name}-${suffix}`, { metadata, rules }, child);
      return new k8s.rbac.v1.RoleBinding(
        `${name}-${suffix}`,
        { metadata, roleRef: roleRef("Role", role.metadata.name), subjects: subjects(server) },
        child,
      );
    };
    const everywhere = (suffix: string, role: pulumi.Input<string>, bound: ReturnType<typeof subjects>) =>
      new k8s.rbac.v1.ClusterRoleBinding(
        `${name}-${suffix}`,
        { metadata: { name: `${name}-${suffix}`, labels }, roleRef: roleRef("ClusterRole", role), subjects: bound },
        child,
      );
    const clusterRole = (suffix: string, rules: typeof SCALING_RULES) =>
      new k8s.rbac.v1.ClusterRole(
        `${name}-${suffix}`,
        { metadata: { name: `${name}-${suffix}`, labels }, rules },
        child,
      ).metadata.name;

    const own = {
      own: namespace,
      ...Object.fromEntries(Object.entries(spec.scaled).map(([key, where]) => [`in-${key}`, where])),
    };
    return [
      ...Object.entries(own).map(([key, where]) => inNamespace(`scaling-${key}`, where, SCALING_RULES, operator)),
      ...Object.entries(own).map(([key, where]) => inNamespace(`adapter-${key}`, where, ADAPTER_RULES, adapter)),
      inNamespace("secrets", namespace, OWN_RULES, operator),
      everywhere("operator", clusterRole("operator", CLUSTER_RULES), subjects(operator)),
      // The adapter asks the API server who calls it and what they may; autoscalers may read its metrics.
      everywhere("delegator", "system:auth-delegator", subjects(adapter)),
      new k8s.rbac.v1.RoleBinding(
        `${name}-authentication-reader`,
        {
          metadata: { name: `${name}-authentication-reader`, namespace: "kube-system", labels },
          roleRef: roleRef("Role", "extension-apiserver-authentication-reader"),
          subjects: subjects(adapter),
        },
        child,
      ),
      everywhere(
        "metrics-reader",
        clusterRole("metrics-reader", [
          { apiGroups: ["external.metrics.k8s.io"], resources: ["*"], verbs: ["get", "list"] },
        ]),
        [{ kind: "ServiceAccount", name: pulumi.output("horizontal-pod-autoscaler"), namespace: "kube-system" }],
      ),
    ];
  }
}
