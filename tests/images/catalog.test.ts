import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGE_NAMES, IMAGES, type InputFile, NODE_IMAGES, ownReference } from "../../images/catalog";
import { contextOf, inputsOf } from "../../offline/images/inputs";
import { paths } from "../../scripts/lib/paths";
import versions from "../../versions.json";

const file = (path: string, text: string, executable = false): InputFile => ({
  path,
  executable,
  content: Buffer.from(text),
});
const read = (path: string): string => readFileSync(join(paths.root, path), "utf8");
const dockerfile = (name: string): string => read(`images/${name}/Dockerfile`);

describe("image references", () => {
  const files = [file("images/valkey/Dockerfile", "FROM scratch"), file("images/valkey/run", "a")];
  const reference = ownReference("valkey", files);

  it("are made of name, version and twelve hex digits", () => {
    assert.match(reference, new RegExp(`^localhost/platform/valkey:${versions.valkey}-[0-9a-f]{12}$`));
  });

  it("do not follow the order of the files", () => {
    assert.equal(ownReference("valkey", files.toReversed()), reference);
  });

  const changes: Record<string, InputFile[]> = {
    content: [file("images/valkey/Dockerfile", "FROM base"), file("images/valkey/run", "a")],
    "the executable bit": [file("images/valkey/Dockerfile", "FROM scratch"), file("images/valkey/run", "a", true)],
    "a name": [file("images/valkey/Dockerfile", "FROM scratch"), file("images/valkey/ran", "a")],
    "a further file": [...files, file("images/valkey/more", "")],
    "where one file ends and the next begins": [file("images/valkey/Dockerfile", "FROM scratch\0images/valkey/run\0a")],
  };
  for (const [what, changed] of Object.entries(changes))
    it(`change with ${what}`, () => assert.notEqual(ownReference("valkey", changed), reference));

  it("follow the Go modules of the program that an image holds", () => {
    const inputs = inputsOf("coredns").map(({ path }) => path);
    assert.ok(inputs.includes("offline/go/coredns/go.sum"));
    assert.ok(!contextOf("coredns").some(({ target }) => target.endsWith("go.sum")));
  });

  it("follow the sources of the pipelines, but not what Python leaves behind", () => {
    const inputs = inputsOf("pipelines").map(({ path }) => path);
    assert.ok(inputs.includes("pipelines/flights/__main__.py"));
    assert.ok(!inputs.some((path) => path.includes("__pycache__")));
  });
});

describe("Dockerfiles", () => {
  for (const name of IMAGE_NAMES) {
    it(`${name}: runs as a number, is given every version that it asks for and no other`, () => {
      const lines = dockerfile(name).split("\n");
      const user = lines.findLast((line) => line.startsWith("USER "));
      assert.match(user ?? "", /^USER [1-9]\d*(:\d+)?$/);
      const asked = lines.flatMap((line) => /^ARG ([A-Z0-9_]+)$/.exec(line)?.[1] ?? []);
      assert.deepEqual(new Set(asked), new Set(Object.keys(IMAGES[name].args ?? {})));
    });

    it(`${name}: every file that it copies is there or is its program`, () => {
      const targets = contextOf(name).map(({ target }) => target);
      const copied = dockerfile(name)
        .split("\n")
        .filter((line) => /^COPY (?!--from)/.test(line))
        .flatMap((line) => line.split(/\s+/).slice(1, -1));
      for (const source of copied)
        assert.ok(
          source === IMAGES[name].program ||
            targets.some((target) => target === source || target.startsWith(`${source}/`)),
          source,
        );
    });
  }

  it("of the node's own images need no registry", () => {
    for (const name of NODE_IMAGES) assert.equal(IMAGES[name].upstream, undefined);
  });

  it("install the Spark that versions.json names, and the pipelines' client of PostgreSQL", () => {
    const [psycopg = "", pyspark] = read("images/spark/requirements.in").trim().split("\n");
    assert.equal(pyspark, `pyspark==${versions.spark}`);
    assert.ok(read("pipelines/requirements.in").split("\n").includes(psycopg));
  });

  it("install the Airflow that versions.json names", () => {
    const lines = read("images/airflow/requirements.in").split("\n");
    assert.ok(lines.some((line) => /^apache-airflow\[/.test(line) && line.endsWith(`==${versions.airflow}`)));
    assert.ok(read("images/airflow/requirements.txt").includes(`\napache-airflow==${versions.airflow} `));
  });

  it("install the client for Kafka that versions.json names", () => {
    const pin = `confluent-kafka==${versions["confluent-kafka"]}`;
    assert.equal(read("images/kafka/requirements.txt").trim(), pin);
    assert.ok(read("pipelines/requirements.in").split("\n").includes(pin));
  });
});
