import { readdirSync } from "node:fs";
import { command, refuseUnknown } from "../lib/command-line";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { passThrough } from "../lib/run";
import { ensureStack } from "../lib/stack";

const STACKS = ["dev", "onprem", "aws"];

const HELP = `Usage: scripts/preview [STACK...]

Previews the stacks (${STACKS.join(", ")}, or the named ones): what \`pulumi up\` would change, without changing it. Exit code 1 where
one of them fails.
`;

export const main = command({ name: "preview", help: HELP, positionals: true }, async (_, stacks) => {
  const files = readdirSync(paths.root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  refuseUnknown("stack", stacks, files);
  const env = await platformEnvironment();
  const failed: string[] = [];
  for (const stack of stacks.length === 0 ? STACKS : stacks) {
    await ensureStack(stack, env);
    const code = await passThrough("pulumi", ["preview", "--non-interactive", "--stack", stack], {
      cwd: paths.root,
      env,
    });
    if (code !== 0) failed.push(stack);
  }
  if (failed.length > 0) console.error(`preview: ${failed.join(", ")} failed; the reasons are above.`);
  return failed.length === 0 ? 0 : 1;
});
