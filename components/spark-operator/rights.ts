import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../labels";
import { DRIVER_ACCOUNT, EXECUTOR_ACCOUNT } from "./application";
import { DRIVER_RULES, OPERATOR, OPERATOR_RULES, SUBMITTER_RULES } from "./operator";
import type { SparkSpec } from "./spark-operator";

/** Service accounts of the operator and of the jobs, and what each may do in the namespaces of the jobs. Nobody may do more. */
export function buildRights(name: string, spec: SparkSpec, parent: pulumi.Resource): pulumi.Resource[] {
  const { namespace, jobNamespaces, submitters, labels } = spec;
  const account = (suffix: string, account: string, where: pulumi.Input<string>) =>
    new k8s.core.v1.ServiceAccount(
      `${name}-${suffix}`,
      { metadata: { name: account, namespace: where, labels }, automountServiceAccountToken: false },
      { parent },
    );
  const allow = (
    suffix: string,
    where: pulumi.Input<string>,
    rules: typeof OPERATOR_RULES,
    subjects: { namespace: pulumi.Input<string>; name: pulumi.Input<string> }[],
  ) => {
    const metadata = { name: `${name}-${suffix}`, namespace: where, labels };
    const role = new k8s.rbac.v1.Role(`${name}-${suffix}`, { metadata, rules }, { parent });
    return new k8s.rbac.v1.RoleBinding(
      `${name}-${suffix}`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: subjects.map((subject) => ({ kind: "ServiceAccount", ...subject })),
      },
      { parent },
    );
  };
  const installed = spec.definitions === undefined;
  const operator = installed
    ? undefined
    : new k8s.core.v1.ServiceAccount(
        `${name}-operator`,
        {
          metadata: {
            name: OPERATOR,
            namespace,
            labels: objectLabels(labels, { name: OPERATOR, instance: OPERATOR }, "operator"),
          },
          automountServiceAccountToken: false,
        },
        { parent },
      );
  return Object.entries(jobNamespaces).flatMap(([key, where]) => {
    const driver = account(`driver-${key}`, DRIVER_ACCOUNT, where);
    const executor = account(`executor-${key}`, EXECUTOR_ACCOUNT, where);
    const starters = Object.values(submitters).map((each) => ({
      namespace: each.namespace,
      name: each.serviceAccount,
    }));
    return [
      driver,
      executor,
      allow(`driver-${key}`, where, DRIVER_RULES, [{ namespace: where, name: driver.metadata.name }]),
      ...(operator === undefined
        ? []
        : [allow(`operator-${key}`, where, OPERATOR_RULES, [{ namespace, name: operator.metadata.name }])]),
      ...(starters.length === 0 ? [] : [allow(`submitters-${key}`, where, SUBMITTER_RULES, starters)]),
    ];
  });
}
