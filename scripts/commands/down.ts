import { join } from "node:path";
import { parseArgs } from "node:util";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { attempt, passThrough } from "../lib/run";

const HELP = `Usage: scripts/down [--purge]

Stops the one-node cluster and takes away its processes, mounts, interfaces and sockets. Its data stays for the next
\`make up\`, and so do the caches of tools and images.

  --purge   also delete the cluster's data and the stack's state
`;

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { help: { type: "boolean", short: "h", default: false }, purge: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const code = await passThrough(join(paths.root, "scripts", "cluster"), [
    "down",
    ...(values.purge ? ["--purge"] : []),
  ]);
  if (code !== 0 || !values.purge) return code;
  // The objects are gone with the cluster's data; a state that still names them would mislead the next `up`.
  await attempt("pulumi", ["stack", "rm", "--force", "--yes", "--preserve-config", "--stack", "dev"], {
    cwd: paths.root,
    env: await platformEnvironment(),
  });
  return 0;
}
