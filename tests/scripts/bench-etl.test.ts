import assert from "node:assert/strict";
import { doneIn, submitJob } from "../../scripts/lib/bench-etl";

const SPEC = {
  image: "spark",
  mainApplicationFile: "local:///opt/job.py",
  arguments: ["etl"],
  sparkConf: { "spark.eventLog.enabled": "true", "spark.authenticate": "true", "spark.kubernetes.x": "y" },
  driver: {
    memory: "500m",
    labels: { "app.kubernetes.io/name": "spark-job" },
    template: { spec: { volumes: [{ name: "scratch" }], containers: [{ name: "driver", env: [{ name: "A" }] }] } },
  },
  executor: { cores: 1, memory: "600m" },
};

describe("the ETL job by spark-submit alone", () => {
  const { template } = submitJob(SPEC, "bench").spec;
  const [container] = template.spec.containers as unknown as { image: string; args: string[]; env: object[] }[];

  it("has what the driver's pod has, and what the executor may use", () => {
    assert.deepEqual(template.metadata.labels, SPEC.driver.labels);
    assert.deepEqual(container?.env, [{ name: "A" }]);
    assert.deepEqual(container?.args, [
      ...["spark-submit", "--master", "local[1]", "--driver-memory", "1100m"],
      ...["--conf", "spark.eventLog.enabled=true", "/opt/job.py", "etl"],
    ]);
  });

  it("is measured by its own words, among Spark's", () => {
    assert.deepEqual(doneIn('INFO x\n{"event": "done", "records": 5, "seconds": 2.5}\nINFO y\n'), {
      event: "done",
      records: 5,
      seconds: 2.5,
    });
    assert.throws(() => doneIn('{"event": "nothing new"}\n'), /brought nothing/);
  });
});
