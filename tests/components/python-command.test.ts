import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pythonCommand } from "../../components/python-command";
import { paths } from "../../scripts/lib/paths";

const FILES = readdirSync(join(paths.root, "components"), { encoding: "utf8", recursive: true });
const PROGRAMS = FILES.filter((file) => file.endsWith(".py"));

describe("a Python program of a component", () => {
  it("is given to python3 with its arguments", () => {
    const [python, option, program, ...args] = pythonCommand("operator_gate.py", "180", "b");
    assert.deepEqual([python, option, args], ["python3", "-c", ["180", "b"]]);
    assert.match(program ?? "", /^"""Asks until[\s\S]*main\(\*sys\.argv\[1:\]\)\n$/);
  });

  for (const file of PROGRAMS)
    it(`${file} holds nothing that Kubernetes takes for a variable`, () =>
      assert.doesNotMatch(pythonCommand(file).join("\n"), /\$[$(]/));
});
