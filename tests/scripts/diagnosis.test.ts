import assert from "node:assert/strict";
import { type DoctorFacts, diagnose } from "../../scripts/lib/diagnosis";

const well: DoctorFacts = {
  nodeVersion: "24.1.0",
  choice: { mode: "twin", by: "observation", reasons: ["the internet is out of reach"] },
  cluster: { cluster: "one-node", why: "this is Linux" },
  unbuilt: [],
  manifestsMissing: false,
  imagesMissing: false,
  go: { version: "go1.26.8" },
  missingPackages: { names: [], command: "" },
  programs: { git: "2", curl: "7", java: "17", mvn: "3", python3: "3.13" },
  cache: { folder: "/cache", freeMegabytes: 50_000 },
  memoryMegabytes: 24_000,
  cores: 2,
  problems: [],
  ownBackend: undefined,
};

const problems = (change: Partial<DoctorFacts>) =>
  diagnose({ ...well, ...change }).filter(({ state }) => state === "problem");

const wrong: [string, Partial<DoctorFacts>, RegExp][] = [
  ["an old Node.js", { nodeVersion: "22.18.0" }, /22\.18\.0/],
  ["no Kubernetes", { cluster: { cluster: "none", why: "you are not root" } }, /not root/],
  ["a real backend under twins", { ownBackend: "s3://bucket" }, /s3:\/\/bucket/],
  [
    "no Go while something must be built",
    { unbuilt: [{ name: "etcd", megabytes: 500 }], go: { problem: "Go was not found" } },
    /Go was not found/,
  ],
  [
    "no Go while a manifest must be fetched",
    { manifestsMissing: true, go: { problem: "Go was not found" } },
    /Go was not found/,
  ],
  ["no Java where images are built", { imagesMissing: true, programs: { ...well.programs, java: undefined } }, /java/],
  ["a full disk", { cache: { folder: "/cache", freeMegabytes: 100 } }, /100 MB/],
  [
    "a disk too small for what must be built",
    { cache: { folder: "/cache", freeMegabytes: 7000 }, unbuilt: [{ name: "kubernetes", megabytes: 2500 }] },
    /7500 MB/,
  ],
  [
    "a disk too small for the images",
    { cache: { folder: "/cache", freeMegabytes: 20_000 }, imagesMissing: true },
    /24000 MB/,
  ],
  ["little memory", { memoryMegabytes: 4000 }, /4000 MB/],
  ["what stands in the way elsewhere", { problems: ["Port 16443 is in use."] }, /16443/],
];

const fine: [string, Partial<DoctorFacts>][] = [
  ["a machine that has all", {}],
  ["Node.js 22.19", { nodeVersion: "22.19.0" }],
  ["no choice yet", { choice: undefined }],
  ["what is not built yet", { unbuilt: [{ name: "etcd", megabytes: 500 }] }],
  ["no Go where all is built", { go: { problem: "Go was not found" } }],
  ["packages that set-up installs", { missingPackages: { names: ["s6"], command: "apt-get install s6" } }],
  [
    "no Java where Docker builds the images",
    { cluster: { cluster: "kind", why: "Docker answers" }, programs: { ...well.programs, java: undefined } },
  ],
  ["no Java where images are there", { programs: { ...well.programs, java: undefined } }],
  ["no Python, which only tests need", { programs: { ...well.programs, python3: undefined } }],
  ["no curl", { programs: { ...well.programs, curl: undefined } }],
  [
    "a real backend under official plugins",
    { ownBackend: "s3://b", choice: { mode: "official", by: "command", reasons: ["chosen"] } },
  ],
  ["a folder of the user's own under twins", { ownBackend: "file:///mine" }],
];

describe("the doctor's judgement", () => {
  for (const [name, change, text] of wrong)
    it(`takes ${name} for a problem and says what mends it`, () => {
      const found = problems(change);
      assert.equal(found.length, 1);
      assert.match(found[0]?.what ?? "", text);
      assert.ok(found[0]?.mend);
    });

  for (const [name, change] of fine) it(`takes ${name} for no problem`, () => assert.deepEqual(problems(change), []));

  it("gives the reason of every choice", () => {
    const all = diagnose(well)
      .map(({ what }) => what)
      .join("\n");
    for (const reason of ["the internet is out of reach", "this is Linux", ".platform/state"])
      assert.ok(all.includes(reason));
  });

  it("names the command for what is only missing yet", () => {
    const notes = diagnose({ ...well, choice: undefined, unbuilt: [{ name: "etcd", megabytes: 1 }] });
    for (const { state, mend } of notes) if (state === "note") assert.equal(mend, "scripts/setup-tools");
  });
});
