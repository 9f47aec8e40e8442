import assert from "node:assert/strict";
import { KubernetesAccess, type KubernetesAccessArgs } from "../../components/kubernetes-access";
import { TYPES } from "../../components/types";
import { assertField, assertWellFormed, recordComponent, refusals } from "./recorded";

const ARGS: KubernetesAccessArgs = {
  groups: { "oidc:admin": "admin", "oidc:operator": "operator", "oidc:viewer": "viewer", "oidc:developer": "viewer" },
  namespaces: { "platform-data": "platform-data", "platform-login": "platform-login" },
};
const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";

interface Binding {
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
  readonly metadata: { readonly namespace?: string };
}

const build = (args: Partial<KubernetesAccessArgs> = {}) =>
  recordComponent((opts) => new KubernetesAccess("access", { ...ARGS, ...args }, opts));

/** Which groups have which ClusterRole, in each namespace or everywhere. */
async function grants(args: Partial<KubernetesAccessArgs> = {}): Promise<string[]> {
  const { all } = await build(args);
  return all
    .filter(({ type }) => type.endsWith("Binding"))
    .map(({ inputs }) => inputs as unknown as Binding)
    .map(({ roleRef, subjects, metadata }) => {
      assert.ok(subjects.every(({ kind }) => kind === "Group"));
      return `${subjects.map(({ name }) => name).join(" ")}: ${roleRef.name} in ${metadata.namespace ?? "everything"}`;
    })
    .sort();
}

describe("KubernetesAccess", () => {
  it("is one tree on the given providers", async () => {
    assertWellFormed(await build(), TYPES.kubernetesAccess, "access");
  });

  it("gives everything to administrators alone, and the others their roles in the given namespaces", async () => {
    assert.deepEqual(await grants(), [
      "oidc:admin: cluster-admin in everything",
      "oidc:developer oidc:operator oidc:viewer: access-browse in everything",
      "oidc:developer oidc:operator oidc:viewer: view in platform-data",
      "oidc:developer oidc:operator oidc:viewer: view in platform-login",
      "oidc:operator: access-operate in platform-data",
      "oidc:operator: access-operate in platform-login",
    ]);
  });

  it("binds no role that nobody has", async () => {
    assert.deepEqual(await grants({ groups: { "oidc:admin": "admin" } }), ["oidc:admin: cluster-admin in everything"]);
  });

  it("lets nobody but administrators at Secrets, neither directly nor by a pod of their own or a shell", async () => {
    const { all } = await build();
    const roles = all.filter(({ type }) => type === `${RBAC}:ClusterRole`);
    assert.equal(roles.length, 2);
    for (const { inputs } of roles) {
      for (const { resources, verbs } of inputs["rules"] as { resources: string[]; verbs: string[] }[]) {
        for (const resource of resources)
          assert.doesNotMatch(resource, /^(\*|secrets|pods\/(exec|attach|portforward))$/);
        const makes = verbs.filter((verb) => ["*", "create", "update", "patch"].includes(verb));
        if (makes.length > 0) for (const resource of resources) assert.match(resource, /\/(scale|eviction)$/);
      }
    }
  });

  for (const [field, args] of [
    ["groups", { groups: { "system:masters": "admin" } }],
    ["groups", { groups: { "": "viewer" } }],
    ["namespaces", { namespaces: { Data: "Data" } }],
  ] as [string, Partial<KubernetesAccessArgs>][]) {
    it(`refuses wrong ${field}`, async () => {
      assertField(await refusals((opts) => new KubernetesAccess("access", { ...ARGS, ...args }, opts)), field);
    });
  }
});
