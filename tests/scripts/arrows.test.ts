import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { attempt } from "../../scripts/lib/run";

/** One forbidden import each, and the rule that must name it. */
const FORBIDDEN = [
  ["environment/a.ts", "components/b/index", "environment-knows-nobody"],
  ["environment/a.ts", "node:fs", "environment-is-pure"],
  ["components/b/inside.ts", "stacks/c", "components-know-environment"],
  ["components/b/inside.ts", "scripts/d", "components-know-environment"],
  ["components/e/index.ts", "components/b/inside", "components-by-their-front-door"],
  ["stacks/c.ts", "offline/f", "stacks-stand-on-top"],
  ["policy/g.ts", "components/b/index", "policy-stands-alone"],
  ["images/h.ts", "environment/a", "images-stand-alone"],
  ["offline/f.ts", "components/b/index", "offline-stands-alone"],
  ["scripts/d.ts", "stacks/c", "scripts-read-environment"],
  ["scripts/d.ts", "tests/i", "nobody-imports-tests"],
  ["scripts/d.ts", "scripts/k", "no-circles"],
  ["scripts/d.ts", "scripts/missing", "nothing-unresolved"],
] as const;

describe("the arrows between the rooms", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-arrows-"));
  after(() => rmSync(folder, { recursive: true }));

  it("each forbidden one is reported", async () => {
    const plain = "export const here = true;\n";
    const texts = new Map([
      ["components/b/index.ts", plain],
      ["tests/i.ts", plain],
      ["scripts/k.ts", 'export * from "./d";\n'],
    ]);
    for (const [from, to] of FORBIDDEN) {
      const path = to.startsWith("node:") ? to : relative(dirname(from), to);
      const specifier = path.startsWith(".") || path.startsWith("node:") ? path : `./${path}`;
      texts.set(from, `${texts.get(from) ?? plain}export * from "${specifier}";\n`);
    }
    for (const [file, text] of texts) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    writeFileSync(join(folder, "tsconfig.json"), '{ "compilerOptions": { "module": "preserve" } }\n');
    const rules = join(paths.root, ".dependency-cruiser.cjs");
    const { stdout, stderr } = await attempt(
      join(paths.root, "node_modules", ".bin", "depcruise"),
      [
        "--config",
        rules,
        "--output-type",
        "json",
        ...new Set([...texts.keys()].map((file) => file.split("/")[0] ?? "")),
      ],
      { cwd: folder },
    );
    assert.notEqual(stdout, "", stderr);
    const violations: readonly { from: string; rule: { name: string } }[] = JSON.parse(stdout).summary.violations;
    const seen = new Set(violations.map(({ from, rule }) => `${rule.name}: ${from}`));
    for (const [from, to, rule] of FORBIDDEN) assert.ok(seen.has(`${rule}: ${from}`), `${from} -> ${to}: ${[...seen]}`);
  });
});
