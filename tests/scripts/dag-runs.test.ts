import assert from "node:assert/strict";
import { main as dags } from "../../scripts/commands/dags";
import { type DagRun, onceMore, runDag, tasksIn, waitingIn, whyNot } from "../../scripts/lib/dag-runs";
import { ClusterGone } from "../../scripts/lib/kubectl";

const run = (name: string, state: DagRun["state"]): DagRun => ({ name, state });

describe("a run that is wanted once", () => {
  for (const [what, runs, wanted] of [
    ["is the first where there is none", [], "up-1"],
    ["is not repeated where it has succeeded", [run("up-1", "failed"), run("up-2", "success")], undefined],
    ["is followed where it goes on", [run("up-1", "failed"), run("up-2", "running")], "up-2"],
    ["gets another name where it has failed", [run("up-1", "failed")], "up-2"],
  ] as const)
    it(what, () => assert.equal(onceMore(runs, "up"), wanted));
});

describe("why a run has not succeeded", () => {
  const tasks = '{"event":"tasks","tasks":{"load":"failed"}}';
  for (const [what, lines, told] of [
    ["is the states of its tasks", [tasks, '{"event":"end","state":"failed"}'], /failed \(load failed\)/],
    ["is what it wrote last where it did not come to its tasks", ["Traceback", "KeyError"], /failed \(KeyError\)/],
    [
      "may be that there is no such DAG",
      ['{"event":"unknown","seconds":120}', '{"event":"end","state":"unknown","known":["flights_elt","flights_etl"]}'],
      /knows no DAG "flights"; it knows: flights_elt, flights_etl\..*dags push/,
    ],
    ["may be that its DAG is paused", [tasks, '{"event":"end","state":"paused"}'], /flights is paused.*open airflow/],
    ["may be that somebody deleted it", [tasks, '{"event":"end","state":"deleted"}'], /"up-1" of flights was deleted/],
  ] as const)
    it(what, () => assert.match(whyNot("flights", "up-1", lines), told));
});

describe("what a run says of its tasks", () => {
  it("is a short line", () => {
    assert.equal(
      tasksIn('{"event":"tasks","tasks":{"first":"success","second":"running"}}'),
      "first success, second running",
    );
  });
  it("is nothing where a line is Airflow's own or says something else", () => {
    assert.equal(tasksIn("[2026-11-21] WARNING something"), undefined);
    assert.equal(tasksIn('{"event":"end","state":"success"}'), undefined);
  });
});

describe("what a run says of a DAG that is waited for", () => {
  it("is how long it is waited for", () => {
    assert.match(waitingIn('{"event":"unknown","seconds":120}') ?? "", /knows no such DAG yet.*120 s/);
    assert.equal(waitingIn('{"event":"tasks","tasks":{"first":"success"}}'), undefined);
  });
});

describe("a run that is followed", () => {
  it("says that it goes on later where the cluster goes away meanwhile", async () => {
    const template = {
      metadata: { name: "dags-run", namespace: "airflow" },
      template: { metadata: {}, spec: { containers: [] } },
    };
    const kubectl = async ([action]: readonly string[]) => {
      if (action !== "get" || asked++ > 0) throw new ClusterGone("/kubeconfig");
      return JSON.stringify(template);
    };
    let asked = 0;
    const step = { update: () => {}, say: () => {} };
    await assert.rejects(
      runDag(kubectl, "flights", "up-1", step),
      /went away.*make up\. The run "up-1" of flights goes on/,
    );
  });
});

describe("scripts/dags", () => {
  const silent = console.error;
  beforeEach(() => {
    console.error = () => {};
  });
  afterEach(() => {
    console.error = silent;
  });
  for (const argv of [
    [],
    ["push", "flights"],
    ["push", "--once", "up"],
    ["run"],
    ["run", "--folder", "dags", "flights"],
    ["run", "--bundle", "platform", "flights"],
  ])
    it(`refuses "${argv.join(" ")}" as wrong usage`, async () => assert.equal(await dags(argv), 2));
});
