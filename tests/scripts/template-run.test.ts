import assert from "node:assert/strict";
import { type PodTemplate, runTemplate } from "../../scripts/lib/template-run";
import { fakeKubectl } from "./fake-kubectl";

const TEMPLATE: PodTemplate = {
  metadata: { name: "flights-counter", namespace: "platform-pipelines" },
  template: {
    metadata: { labels: { "app.kubernetes.io/name": "flights-counter", "app.kubernetes.io/managed-by": "pulumi" } },
    spec: { restartPolicy: "OnFailure", containers: [{ name: "pipeline", image: "pipelines:1" }] },
  },
};

const RUN = { namespace: "platform-pipelines", template: "flights-counter" };

describe("a PodTemplate run by hand", () => {
  it("is the template's pod in a Job of the script's own, without retries", async () => {
    const { kubectl, jobs } = fakeKubectl(JSON.stringify(TEMPLATE));
    assert.deepEqual(await runTemplate(kubectl, RUN, () => {}), { log: "the log", exitCode: 0 });
    const [job] = jobs;
    assert.ok(job !== undefined);
    const { metadata, spec } = job;
    assert.match(metadata.name, /^flights-counter-[0-9a-f]{6}$/);
    assert.equal(metadata.namespace, RUN.namespace);
    assert.equal(spec.backoffLimit, 0);
    assert.equal(spec.template.metadata.labels["app.kubernetes.io/name"], "flights-counter");
    assert.equal(spec.template.metadata.labels["app.kubernetes.io/managed-by"], "scripts");
    assert.deepEqual(spec.template.spec, { ...TEMPLATE.template.spec, restartPolicy: "Never" });
  });

  it("is told other arguments where they are given", async () => {
    const { kubectl, jobs } = fakeKubectl(JSON.stringify(TEMPLATE));
    await runTemplate(kubectl, { ...RUN, args: ["--check"] }, () => {});
    assert.deepEqual(jobs[0]?.spec.template.spec.containers, [
      { name: "pipeline", image: "pipelines:1", args: ["--check"] },
    ]);
  });

  it("is waited for, and its states are told", async () => {
    const { kubectl } = fakeKubectl(JSON.stringify(TEMPLATE), ["Pending", "Failed"]);
    const states: string[] = [];
    const { exitCode } = await runTemplate(kubectl, RUN, (state) => states.push(state));
    assert.equal(exitCode, 3);
    assert.deepEqual(states, ["pending"]);
  });

  it("says what the run itself says of its progress, and has the time that it is given", async () => {
    const { kubectl, jobs } = fakeKubectl(JSON.stringify(TEMPLATE), ["Pending", "Running", "Succeeded"]);
    const states: string[] = [];
    const progress = (line: string) => `half of ${line}`;
    await runTemplate(kubectl, { ...RUN, limitSeconds: 5000, progress }, (state) => states.push(state));
    assert.deepEqual(states, ["pending", "half of the log"]);
    assert.equal(jobs[0]?.spec.activeDeadlineSeconds, 5000);
  });

  it("is over where its pod was deleted", async () => {
    const { kubectl } = fakeKubectl(JSON.stringify(TEMPLATE));
    const podless = async (args: readonly string[], input?: string) => {
      if (`${args[0]} ${args[1]}` === "get pods") return JSON.stringify({ items: [] });
      return `${args[0]} ${args[1]}` === "get job"
        ? "Job has reached the specified backoff limit"
        : kubectl(args, input);
    };
    await assert.rejects(
      runTemplate(podless, RUN, () => {}),
      /deleted.*backoff limit/,
    );
  });

  it("leaves no Job, also where its log cannot be read", async () => {
    const { kubectl, asked } = fakeKubectl(JSON.stringify(TEMPLATE));
    const breaking = (args: readonly string[], input?: string) =>
      args[0] === "logs" ? Promise.reject(new Error("no log")) : kubectl(args, input);
    await assert.rejects(
      runTemplate(breaking, RUN, () => {}),
      /no log/,
    );
    assert.deepEqual(asked.at(-1)?.slice(0, 2), ["delete", "job"]);
  });

  it("needs its template, and says what makes it", async () => {
    await assert.rejects(
      runTemplate(fakeKubectl("").kubectl, RUN, () => {}),
      /make up/,
    );
  });
});
