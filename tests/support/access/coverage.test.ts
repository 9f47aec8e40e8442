import assert from "node:assert/strict";
import { devEnvironment } from "../dev-environment";
import { cluster } from "./cluster";
import { unseen } from "./coverage";
import { pages } from "./pages";
import { stores } from "./stores";

describe("the table of who is refused", () => {
  const environment = devEnvironment();
  const nobody = () => assert.fail("nothing is asked here");
  const rows = [...stores(environment, nobody), ...pages(environment, nobody), ...cluster(environment)];

  it("has every workload that others connect to, or a reason", () => assert.deepEqual(unseen(environment, rows), []));

  it("misses a new service, and one whose rows have gone", () => {
    const { workloads } = environment;
    const { kafka } = workloads;
    assert.ok(kafka !== undefined);
    assert.deepEqual(unseen({ workloads: { ...workloads, another: kafka } }, rows), ["another"]);
    const others = rows.filter(({ service }) => service !== "spark SQL");
    assert.deepEqual(unseen(environment, others), ["spark-sql"]);
  });
});
