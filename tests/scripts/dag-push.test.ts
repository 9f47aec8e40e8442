import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packDags, pushDags, refusal } from "../../scripts/lib/dag-push";
import { run } from "../../scripts/lib/run";
import { fakeKubectl } from "./fake-kubectl";

const IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@localhost"];

describe("a release of DAGs", () => {
  let root: string;
  const git = (...args: string[]) => run("git", ["-C", root, ...IDENTITY, ...args]);
  const write = (name: string, text: string) => {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  /** Name and files of the release of a folder. */
  const packed = async (folder: string) => {
    const { name, archive } = await packDags(join(root, folder));
    const file = join(root, "..", "list.tar.gz");
    writeFileSync(file, archive);
    const files = (await run("tar", ["--list", "--file", file])).split("\n").filter((each) => /[^/]$/.test(each));
    return { name, files };
  };

  beforeEach(() => {
    root = join(mkdtempSync(join(tmpdir(), "platform-dag-push-")), "repository");
    write("dags/one.py", "1");
    write("dags/lib/help.py", "2");
    write("dags/lib/__pycache__/help.pyc", "3");
    write("other/one.py", "another");
  });
  afterEach(() => rmSync(join(root, ".."), { recursive: true }));

  const commit = async () => {
    await git("init", "--quiet");
    write(".gitignore", "*.local.py\n");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "all");
    return (await git("rev-parse", "HEAD")).trim();
  };

  it("outside of Git is named by its content alone", async () => {
    const { name, files } = await packed("dags");
    assert.match(name, /^files-[0-9a-f]{12}$/);
    assert.deepEqual(files.sort(), ["./lib/help.py", "./one.py"]);
    assert.equal((await packed("dags")).name, name);
  });

  it("has the commit first in its name, and another one for each content of one commit", async () => {
    const head = await commit();
    const [dags, other] = [await packed("dags"), await packed("other")];
    for (const { name } of [dags, other]) assert.match(name, new RegExp(`^${head}-[0-9a-f]{12}$`));
    assert.notEqual(dags.name, other.name);
    assert.equal((await packed("dags")).name, dags.name);
    write("dags/one.py", "changed");
    assert.notEqual((await packed("dags")).name, dags.name);
  });

  it("holds what is not committed yet, but nothing that Git ignores or that is gone", async () => {
    await commit();
    write("dags/new.py", "4");
    write("dags/mine.local.py", "5");
    unlinkSync(join(root, "dags/one.py"));
    assert.deepEqual((await packed("dags")).files, ["lib/help.py", "new.py"]);
  });

  it("is refused where Git ignores all of it", async () => {
    await commit();
    write("ignored/one.local.py", "6");
    await assert.rejects(packed("ignored"), /nothing in .*ignored that Git does not ignore/);
  });

  it("is refused where no file may hold a DAG, in Git or outside", async () => {
    write("texts/read.md", "no DAG");
    const refused =
      /There is no DAG in .*texts: no Python file, and no zip file\. Its release would take all DAGs away/;
    await assert.rejects(packed("texts"), refused);
    await commit();
    await assert.rejects(packed("texts"), refused);
  });
});

describe("a push of DAGs", () => {
  const metadata = { name: "dags-push-platform", namespace: "platform-airflow" };
  const spec = { containers: [{ name: "airflow" }], volumes: [{ name: "release", configMap: { name: "release" } }] };
  const template = JSON.stringify({ metadata, template: { metadata: { labels: {} }, spec } });
  const release = { name: "files-1", archive: Buffer.from("packed") };

  /** What is said of a push that fails, from what its containers said. */
  const failing = async (logs: Readonly<Record<string, string>>) => {
    const { kubectl } = fakeKubectl(template, ["Failed"]);
    const speaking = async (args: readonly string[], input?: string) => {
      if (args[0] !== "logs") return kubectl(args, input);
      const said = logs[args[args.indexOf("--container") + 1] ?? ""];
      assert.ok(said !== undefined, args.join(" "));
      return said;
    };
    return pushDags(speaking, "platform", release, () => {});
  };

  it("leaves nothing, even where it is killed: its archive goes with its Job, which goes by itself", async () => {
    const { kubectl, jobs, others } = fakeKubectl(template);
    const pushed = await pushDags(kubectl, "platform", release, () => {});
    assert.deepEqual(pushed, { succeeded: true, log: "the log\nthe log" });
    const [job] = jobs;
    assert.ok(job !== undefined);
    const { name } = job.metadata;
    const { volumes } = job.spec.template.spec as { volumes?: object };
    assert.deepEqual(volumes, [{ name: "release", configMap: { name } }]);
    assert.ok(job.spec.ttlSecondsAfterFinished > 0);
    const owner = { apiVersion: "batch/v1", kind: "Job", name, uid: `uid of ${name}` };
    assert.deepEqual(
      others.map(({ metadata }) => [metadata.name, metadata.ownerReferences]),
      [[name, [owner]]],
    );
  });

  it("that is refused says what the check says", async () => {
    const check = "exit.py:2: importing it ended Python";
    assert.deepEqual(await failing({ check }), { succeeded: false, log: check });
  });

  it("whose upload fails says why", async () => {
    const { log } = await failing({ check: "printed by a DAG\n2 DAGs: a, b\n", airflow: "AccessDenied\n" });
    assert.equal(log, "printed by a DAG\n2 DAGs: a, b\nAccessDenied");
  });

  it("that fails names the folder, even where the check was killed before it said anything", () => {
    assert.match(refusal("dags", "a.py:1: no\n"), /^a\.py:1: no\ndags: nothing of dags was brought over/);
    assert.match(refusal("dags", ""), /^The check was ended before it said anything/);
  });
});
