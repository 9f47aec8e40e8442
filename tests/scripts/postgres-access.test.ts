import assert from "node:assert/strict";
import { type AccessJob, accessJobs } from "../../scripts/lib/postgres-access";

const job = (database: string): AccessJob => ({
  metadata: { name: `postgres-access-${database}`, namespace: "data" },
  spec: {
    template: {
      metadata: {
        labels: {
          "app.kubernetes.io/name": "postgres-access",
          "job-name": "x",
          "batch.kubernetes.io/controller-uid": "y",
        },
      },
      spec: { containers: [{ env: [{ name: "PGDATABASE", value: database }] }], volumes: [] },
    },
  },
});

describe("Jobs that let readers in", () => {
  it("are those of the databases, without what binds pods to the Job that has run", () => {
    const [found, ...more] = accessJobs([job("warehouse"), job("airflow")], ["warehouse", "keycloak"]);
    assert.deepEqual(more, []);
    assert.deepEqual(found?.metadata, { name: "postgres-access-warehouse", namespace: "data" });
    assert.deepEqual(found?.template.metadata.labels, { "app.kubernetes.io/name": "postgres-access" });
  });
});
