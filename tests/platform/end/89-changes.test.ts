import assert from "node:assert/strict";
import { paths } from "../../../scripts/lib/paths";
import { eventually, get, kubectl } from "../../support/cli";
import { RepositoryCopy, SAME_STACK } from "../../support/repository-copy";
import { sql } from "../../support/sql";

/** What is changed in the definition, and the resources that this changes: what a setup job reads, and the job that is run again. */
const CHANGES = [
  {
    what: "a topic's partitions",
    file: "environment/definition.ts",
    from: "partitions: 6,",
    to: "partitions: 7,",
    changes: ["ConfigMap kafka-setup", "Job kafka-setup"],
    now: async () => {
      const list = [
        "exec",
        "-n",
        "platform-data",
        "kafka-0",
        "-c",
        "kafka",
        "--",
        "sh",
        "-c",
        "ls -d /var/lib/kafka/data/flights-[0-9]*",
      ];
      return String((await kubectl(...list)).trim().split("\n").length);
    },
    wanted: "7",
  },
  {
    what: "a role of the realm",
    file: "environment/definition-of-realm.ts",
    from: 'roles: ["viewer", "operator"],',
    to: 'roles: ["viewer", "operator", "auditor"],',
    changes: ["ConfigMap keycloak-setup", "Job keycloak-setup"],
    now: () => sql("keycloak", "SELECT count(*) FROM keycloak_role WHERE name = 'auditor'"),
    wanted: "1",
  },
  {
    what: "a variable of Airflow",
    file: "environment/definition.ts",
    from: "variables: {},",
    to: 'variables: { greeting: "hello" },',
    changes: ["ConfigMap airflow-definition", "Job airflow-setup"],
    now: () => sql("airflow", "SELECT count(*) FROM variable WHERE key = 'greeting'"),
    wanted: "1",
  },
] as const;

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** Kind and name, as `ConfigMap kafka-setup`. */
const described = (urn: string) => urn.replace(/^.*[:$/]([A-Za-z]+)::([^:]+)$/, "$1 $2");

/** Pods of everything that is not a job: a change must let them be. */
async function servers(): Promise<string[]> {
  const { items } = await get("pods", "--all-namespaces", "--field-selector=status.phase=Running");
  const lasting = items.filter(({ metadata }) => metadata.labels?.["batch.kubernetes.io/job-name"] === undefined);
  return lasting.map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.uid}`).sort();
}

/** The last but those that take the platform away: partitions never become fewer again. */
describe("a change of the definition", () => {
  let copy: RepositoryCopy;
  let running: string[];
  before(async () => {
    copy = new RepositoryCopy({ shares: [...SAME_STACK, "images.json", "operators"] });
    // Where the cluster is known from is one of the provider's inputs.
    copy.edit("stacks/dev.ts", 'join(root, ".platform", "kubeconfig")', JSON.stringify(paths.kubeconfig));
    running = await servers();
  });
  after(() => copy.remove());

  it(`of ${CHANGES.map(({ what }) => what).join(", ")} changes just those`, async () => {
    for (const { file, from, to } of CHANGES) copy.edit(file, from, to);
    const preview = await copy.shell("pulumi preview --json --non-interactive --stack dev");
    assert.equal(preview.code, 0, `${preview.stdout}\n${preview.stderr}`);
    const steps: readonly Step[] = JSON.parse(preview.stdout).steps;
    const changed = steps.filter(({ op }) => op !== "same").map(({ urn }) => described(urn));
    assert.deepEqual([...new Set(changed)].sort(), CHANGES.flatMap(({ changes }) => changes).sort());
    const up = await copy.shell("pulumi up --yes --skip-preview --non-interactive --stack dev");
    assert.equal(up.code, 0, `${up.stdout}\n${up.stderr}`);
    for (const { what, now, wanted } of CHANGES)
      await eventually(`${what}, as it was changed`, 60, async () => ((await now()) === wanted ? true : undefined));
    assert.deepEqual(await servers(), running);
  });
});
