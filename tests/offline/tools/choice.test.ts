import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  decide,
  decided,
  isOlder,
  type Mode,
  type Observations,
  readChoice,
  writeChoice,
} from "../../../offline/tools/choice";
import { temporaryFolder } from "../../support/temporary-folder";

const PINNED = "3.259.0";
const nothing: Observations = {
  clis: [],
  cliDownload: false,
  plugins: { kubernetes: "unreachable", random: "unreachable" },
};
const online = { kubernetes: "downloadable", random: "downloadable" } as const;
const installed = { kubernetes: "installed", random: "installed" } as const;
const cli = (version: string, path = "/usr/bin/pulumi") => ({ path, version });

const cases: [string, Observations, Mode, string | undefined][] = [
  ["nothing at all", nothing, "twin", undefined],
  ["all to download", { clis: [], cliDownload: true, plugins: online }, "official", undefined],
  [
    "the pinned CLI and plugins",
    { clis: [cli(PINNED)], cliDownload: false, plugins: installed },
    "official",
    "/usr/bin/pulumi",
  ],
  ["a newer CLI", { clis: [cli("3.300.1")], cliDownload: false, plugins: installed }, "official", "/usr/bin/pulumi"],
  ["the CLI, but no plugins", { ...nothing, clis: [cli(PINNED)] }, "twin", undefined],
  [
    "one plugin out of reach",
    { clis: [cli(PINNED)], cliDownload: true, plugins: { ...installed, random: "unreachable" } },
    "twin",
    undefined,
  ],
  ["plugins, but no CLI", { ...nothing, plugins: installed }, "twin", undefined],
  [
    "an older CLI and no internet",
    { clis: [cli("3.258.9")], cliDownload: false, plugins: installed },
    "twin",
    undefined,
  ],
  [
    "an older CLI and the internet",
    { clis: [cli("3.9.0")], cliDownload: true, plugins: online },
    "official",
    undefined,
  ],
  [
    "an older CLI before a new one",
    { clis: [cli("3.100.0"), cli("3.260.0", "/opt/pulumi")], cliDownload: false, plugins: installed },
    "official",
    "/opt/pulumi",
  ],
];

describe("the choice between official Pulumi and twins", () => {
  for (const [name, observed, mode, path] of cases)
    it(`${name}: ${mode}`, () => {
      const choice = decide(observed, PINNED);
      assert.equal(choice.mode, mode);
      assert.equal(choice.cli?.path, path);
      assert.ok(choice.reasons.length > Object.keys(observed.plugins).length);
    });

  it("names every CLI that is too old", () => {
    const { reasons } = decide({ ...nothing, clis: [cli("3.1.0")] }, PINNED);
    assert.ok(reasons.some((reason) => reason.includes("/usr/bin/pulumi") && reason.includes("3.1.0")));
  });

  it("takes twins by command even where official Pulumi can be had", () => {
    const choice = decided("twin", { clis: [cli(PINNED)], cliDownload: true, plugins: installed }, PINNED);
    assert.deepEqual([choice.mode, choice.by, choice.cli], ["twin", "command", undefined]);
  });

  it("refuses official Pulumi by command where it cannot be had, and says what is missing", () => {
    assert.throws(() => decided("official", nothing, PINNED), /kubernetes[\s\S]*random/);
  });

  it("is read back as it was written, and is undefined before", () => {
    const file = join(temporaryFolder("choice"), "deep", "choice.json");
    assert.equal(readChoice(file), undefined);
    const choice = decide(nothing, PINNED);
    writeChoice(choice, file);
    assert.deepEqual(readChoice(file), choice);
  });

  it("names the file of a record that cannot be read", () => {
    const file = join(temporaryFolder("choice"), "choice.json");
    writeFileSync(file, "{");
    assert.throws(() => readChoice(file), new RegExp(file));
  });
});

describe("the order of versions", () => {
  const pairs: [string, string, boolean][] = [
    ["3.9.0", "3.10.0", true],
    ["3.10.0", "3.9.9", false],
    ["3.259.0", "3.259.0", false],
    ["2.999.0", "3.0.0", true],
    ["3.259.0-alpha.1", "3.259.0", false],
  ];
  for (const [version, than, older] of pairs)
    it(`${version} is ${older ? "" : "not "}older than ${than}`, () => assert.equal(isOlder(version, than), older));
});
