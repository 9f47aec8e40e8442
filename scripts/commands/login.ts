import { command, WrongUsage } from "../lib/command-line";
import { kubectlOfDev } from "../lib/kubectl";
import { loginLines, loginSecrets, type SecretObject } from "../lib/logins";

const HELP = `Usage: scripts/login [SERVICE]

Prints the address and the credentials of one login of the dev stack: the one command that shows secrets. Without SERVICE it names
the logins that there are, such as postgres-warehouse, and shows nothing of them.
`;

/** Everything of the dev stack bears it. */
const OF_THE_STACK = "platform.data/stack=dev";

const LINE = { name: "login", help: HELP, positionals: true } as const;

export const main = command(LINE, async (_, [service, ...more]) => {
  if (more.length > 0) throw new WrongUsage("name one service");
  const kubectl = await kubectlOfDev();
  const listed = await kubectl(["get", "secrets", "--all-namespaces", "-l", OF_THE_STACK, "-o", "json"]);
  const logins = loginSecrets((JSON.parse(listed) as { items: SecretObject[] }).items);
  if (service === undefined) {
    console.log([...logins.keys()].join("\n"));
    return 0;
  }
  const login = logins.get(service);
  if (login === undefined) {
    console.error(`login: there is no login "${service}"; there are: ${[...logins.keys()].join(", ") || "none"}.`);
    return 1;
  }
  console.log(loginLines(login).join("\n"));
  return 0;
});
