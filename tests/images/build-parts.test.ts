import assert from "node:assert/strict";
import { archiveOf, outdated } from "../../offline/images/archive";
import { pipConfig } from "../../offline/images/client-settings";
import { limited } from "../../offline/images/limited";
import { main } from "../../scripts/commands/images";

describe("pip's settings for a build", () => {
  it("are those of this machine that hold in an image too, the more special ones last", () => {
    const listed = [
      "global.cert='/etc/ssl/certs/ca-certificates.crt'",
      "global.index-url='https://user:word@mirror.example/simple'",
      "global.extra-index-url='\\nhttps://a.example\\nhttps://b.example'",
      ":env:.find-links='/opt/wheels'",
      ":env:.index-url='https://other.example/simple'",
    ].join("\n");
    assert.equal(
      pipConfig(listed),
      "[global]\nindex-url = https://other.example/simple\nextra-index-url = \n    https://a.example\n    https://b.example\n",
    );
  });

  it("are none where nothing is set", () => assert.equal(pipConfig(""), "[global]\n"));
});

describe("limited", () => {
  it("runs no more than so many at once, in order, and goes on after a failure", async () => {
    const turn = limited(2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const all = [0, 1, 2, 3].map((number) =>
      turn(async () => {
        started.push(number);
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((done) => ends.push(done));
        running -= 1;
        if (number === 0) throw new Error("first");
        return number;
      }),
    );
    const settled = Promise.allSettled(all);
    while (started.length < 4) {
      ends.shift()?.();
      await new Promise((done) => setImmediate(done));
    }
    for (const end of ends) end();
    const results = (await settled).map((result) =>
      result.status === "fulfilled" ? result.value : result.reason.message,
    );
    assert.deepEqual(results, ["first", 1, 2, 3]);
    assert.deepEqual(started, [0, 1, 2, 3]);
    assert.equal(most, 2);
  });
});

describe("archives", () => {
  it("have a name of their own for every reference", () => {
    const names = ["localhost/platform/kafka:1-a", "ghcr.io/x/kafka:1-a", "ghcr.io/x/kafka:1-b"].map(archiveOf);
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(name, /\/[\w.-]+\.tar$/);
  });
});

describe("outdated archives", () => {
  const tar = (file: string, modified: number) => ({ file, modified });

  it("are those of the same image but for the two newest", () => {
    const files = [
      tar("kafka_4.3.1-aaaaaaaaaaaa.tar", 3),
      tar("kafka_4.3.1-bbbbbbbbbbbb.tar", 1),
      tar("kafka_4.3.1-cccccccccccc.tar", 2),
      tar("kafka_4.2.0-dddddddddddd.tar", 0),
      tar("kafka_4.3.1-eeeeeeeeeeee.tar.partial", 0),
      tar("ghcr.io_x_kafka_4.tar", 0),
      tar("valkey_8.1.1-aaaaaaaaaaaa.tar", 0),
    ];
    assert.deepEqual(outdated("kafka", files), ["kafka_4.3.1-bbbbbbbbbbbb.tar", "kafka_4.2.0-dddddddddddd.tar"]);
    assert.deepEqual(outdated("valkey", files), []);
  });
});

describe("scripts/images", () => {
  const wrong: string[][] = [
    [],
    ["burn"],
    ["build", "mysql"],
    ["build", "--source", "moon"],
    ["list", "--registry", "x"],
    ...["", "a b", "https://a.example", "a.example/", "a.example:port/b", "a.example/B", "-a"].map((registry) => [
      "publish",
      `--registry=${registry}`,
    ]),
    ["--what"],
  ];
  const silent = { log: console.log, error: console.error };
  beforeEach(() => {
    console.error = () => {};
  });
  afterEach(() => {
    console.error = silent.error;
  });
  for (const argv of wrong)
    it(`refuses "${argv.join(" ")}" as wrong usage`, async () => assert.equal(await main(argv), 2));
});
