import assert from "node:assert/strict";
import { askWorkload } from "../../scripts/lib/ask-workload";

const SCHEDULER = { namespace: "airflow", deployment: "scheduler" };
const failing = (message: string) => () => Promise.reject(new Error(message));

describe("asking a Deployment", () => {
  it("runs the program in its container", async () => {
    const asked: (readonly string[])[] = [];
    const kubectl = async (args: readonly string[]) => {
      asked.push(args);
      return "answer";
    };
    assert.equal(await askWorkload(kubectl, SCHEDULER, ["python3", "-m", "x"]), "answer");
    assert.match(asked.flat().join(" "), /^exec .*--namespace airflow deployment\/scheduler .*-- python3 -m x$/);
  });

  it("says what to do where none of its pods runs", () =>
    assert.rejects(
      askWorkload(failing("error: timed out waiting for the condition"), SCHEDULER, ["x"]),
      /scheduler has no pod that runs.*kubectl get pods --namespace airflow.*scripts\/up --force/,
    ));

  it("leaves other failures as they are", () =>
    assert.rejects(askWorkload(failing("exit code 3"), SCHEDULER, ["x"]), /^Error: exit code 3$/));
});
