import assert from "node:assert/strict";
import { type jobFrom, NAMESPACE, type PodTemplate, runPipeline } from "../../scripts/lib/pipeline-run";

const TEMPLATE: PodTemplate = {
  metadata: { name: "flights-counter" },
  template: {
    metadata: { labels: { "app.kubernetes.io/name": "flights-counter", "app.kubernetes.io/managed-by": "pulumi" } },
    spec: { restartPolicy: "OnFailure", containers: [{ name: "pipeline", image: "pipelines:1" }] },
  },
};

/** A kubectl whose one Job goes through `phases`; what it was asked is kept. */
function fakeKubectl(template: string, phases: string[] = ["Succeeded"]) {
  const asked: string[][] = [];
  const created: ReturnType<typeof jobFrom>[] = [];
  const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
    asked.push([...args]);
    switch (`${args[0]} ${args[1]}`) {
      case "get podtemplate":
        return template;
      case "create --filename=-":
        created.push(JSON.parse(input ?? ""));
        return "";
      case "get pods":
        return JSON.stringify({ items: [{ status: { phase: phases.shift() } }] });
      default:
        return "the log";
    }
  };
  return { kubectl, asked, created };
}

describe("a pipeline step run by hand", () => {
  it("is the template's pod in a Job of the script's own, without retries", async () => {
    const { kubectl, created } = fakeKubectl(JSON.stringify(TEMPLATE));
    assert.equal(await runPipeline(kubectl, "flights-counter", () => {}), "the log");
    const [job] = created;
    assert.ok(job !== undefined);
    const { metadata, spec } = job;
    assert.match(metadata.name, /^flights-counter-[0-9a-f]{6}$/);
    assert.equal(metadata.namespace, NAMESPACE);
    assert.equal(spec.backoffLimit, 0);
    assert.equal(spec.template.metadata.labels["app.kubernetes.io/name"], "flights-counter");
    assert.equal(spec.template.metadata.labels["app.kubernetes.io/managed-by"], "scripts");
    assert.deepEqual(spec.template.spec, { ...TEMPLATE.template.spec, restartPolicy: "Never" });
  });

  it("is waited for, and its states are told", async () => {
    const { kubectl } = fakeKubectl(JSON.stringify(TEMPLATE), ["Pending", "Failed"]);
    const states: string[] = [];
    await runPipeline(kubectl, "flights-counter", (state) => states.push(state));
    assert.deepEqual(states, ["pending"]);
  });

  it("leaves no Job, also where its log cannot be read", async () => {
    const { kubectl, asked } = fakeKubectl(JSON.stringify(TEMPLATE));
    const breaking = (args: readonly string[], input?: string) =>
      args[0] === "logs" ? Promise.reject(new Error("no log")) : kubectl(args, input);
    await assert.rejects(
      runPipeline(breaking, "flights-counter", () => {}),
      /no log/,
    );
    assert.deepEqual(asked.at(-1)?.slice(0, 2), ["delete", "job"]);
  });

  it("needs its template, and says what makes it", async () => {
    await assert.rejects(
      runPipeline(fakeKubectl("").kubectl, "flights-counter", () => {}),
      /make up/,
    );
  });
});
