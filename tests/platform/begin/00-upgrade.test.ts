import assert from "node:assert/strict";
import { platformEnvironment } from "../../../scripts/lib/platform-environment";
import { ensureStack } from "../../../scripts/lib/stack";
import { get, script } from "../../support/cli";
import { RepositoryCopy, SAME_STACK } from "../../support/repository-copy";

/** The last commit of the issue before: one machine with Kafka, PostgreSQL and the loader. */
const BEFORE = "535a75d0b2c82c42700a2bd2b6f7b6d27fc79ed6";

/** What holds data, and what runs those who write it. */
const STATEFUL = "persistentvolumeclaims,clusters.postgresql.cnpg.io,statefulsets";

/** Identity of each stateful object, by what it is called. */
async function stateful(): Promise<Map<string, string>> {
  const { items } = await get(STATEFUL, "--all-namespaces");
  return new Map(items.map(({ kind, metadata }) => [`${kind} ${metadata.namespace}/${metadata.name}`, metadata.uid]));
}

/** Seconds that either may take where the machine is slow. */
const UP_SECONDS = 1200;

/** 02-flights counts its rows. */
describe("an upgrade from the issue before", () => {
  let old: RepositoryCopy;
  let then: Map<string, string>;
  before(() => {
    old = new RepositoryCopy({ commit: BEFORE, shares: SAME_STACK });
  });
  after(() => old.remove());

  it("begins with a platform of then, which has the flights", async () => {
    await ensureStack("dev", await platformEnvironment());
    const { code, stdout, stderr } = await old.shell(
      "set -e; scripts/operators; scripts/images build; scripts/images publish; pulumi up --yes --skip-preview --stack dev",
    );
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    then = await stateful();
    assert.ok(then.size >= 6, [...then.keys()].join());
  }).timeout(UP_SECONDS * 1000);

  it("is an ordinary make up", async () => {
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  }).timeout(UP_SECONDS * 1000);

  it("replaces nothing that holds data", async () => {
    const now = await stateful();
    assert.deepEqual(
      [...then].filter(([name, uid]) => now.get(name) !== uid),
      [],
    );
  });
});
