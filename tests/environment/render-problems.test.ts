import assert from "node:assert/strict";
import { renderProblems } from "../../environment";
import { type Edits, problemsOf } from "./samples";

const textFor = (edits: { definition?: Edits; config?: Edits }) => renderProblems(problemsOf("dev", edits), "dev-anna");

describe("problems as text", () => {
  it("name the command that mends a setting, ready to paste", () => {
    assert.ok(
      textFor({ config: { "kafka/brokers": "3" } }).includes(
        "pulumi config set --path platform:kafka.brokers 3 -s dev-anna",
      ),
    );
    assert.ok(
      textFor({ config: { domain: undefined } }).includes("pulumi config set platform:domain VALUE -s dev-anna"),
    );
    assert.ok(textFor({ config: { kubecontext: "x" } }).includes("pulumi config rm platform:kubecontext -s dev-anna"));
  });

  it("ask for a secret without putting it on the command line", () => {
    const text = textFor({ config: { proxmoxToken: "root@pam!x=1" } });
    assert.ok(/pulumi config set --secret platform:proxmoxToken -s dev-anna$/m.test(text));
    assert.ok(!text.includes("root@pam"));
  });

  it("name the file of the definition, and paths that need quotes", () => {
    const text = textFor({ definition: { "kafka/topics/my topic": 1 }, config: { "realm/people/ada b": 1 } });
    assert.ok(text.includes('environment/definition.ts at kafka.topics["my topic"]'));
    assert.ok(text.includes(`'platform:realm.people["ada b"]'`));
  });

  it("show value, allowed values and suggestion", () => {
    const text = textFor({ definition: { "kafka/engine": "strimzy" } });
    for (const part of ['"strimzy"', "statefulset, strimzi", "kafka.engine"]) assert.ok(text.includes(part));
    assert.ok(/: strimzi$/m.test(text));
  });
});
