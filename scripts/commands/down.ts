import { join } from "node:path";
import { command } from "../lib/command-line";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { attempt, passThrough } from "../lib/run";

const HELP = `Usage: scripts/down [--purge]

Stops the one-node cluster and takes away its processes, mounts, interfaces and sockets. Its data stays for the next
\`make up\`, and so do the caches of tools and images.

  --purge   also delete the cluster's data and the stack's state
`;

export const main = command({ name: "down", help: HELP, options: { purge: "flag" } }, async ({ purge }) => {
  const code = await passThrough(join(paths.root, "scripts", "cluster"), ["down", ...(purge ? ["--purge"] : [])]);
  if (code !== 0 || !purge) return code;
  // The objects are gone with the cluster's data; a state that still names them would mislead the next `up`.
  await attempt("pulumi", ["stack", "rm", "--force", "--yes", "--preserve-config", "--stack", "dev"], {
    cwd: paths.root,
    env: await platformEnvironment(),
  });
  return 0;
});
