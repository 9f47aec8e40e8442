import type { Environment } from "../../environment";
import { addressesOf } from "../lib/addresses";
import { command, WrongUsage } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { kubectlOfDev } from "../lib/kubectl";
import { firstLogin, loginLines, loginSecrets, type SecretObject } from "../lib/logins";

const HELP = `Usage: scripts/login [NAME]

Prints the credentials of one login of the dev stack: the one command that shows secrets. NAME is a person of the realm (ada), a
login of a program (postgres-warehouse), or a service (airflow), of which it says where it is and who logs in there. Without NAME it
names all of them, and shows nothing of them.
`;

/** Everything of the dev stack bears it. */
const OF_THE_STACK = "platform.data/stack=dev";

const LINE = { name: "login", help: HELP, positionals: true } as const;

export const main = command(LINE, async (_, [name, ...more]) => {
  if (more.length > 0) throw new WrongUsage("name one login");
  if (name === "") throw new WrongUsage("the name is empty");
  const kubectl = await kubectlOfDev();
  const listed = await kubectl(["get", "secrets", "--all-namespaces", "-l", OF_THE_STACK, "-o", "json"]);
  const { items: secrets } = JSON.parse(listed) as { items: SecretObject[] };
  const environment = devEnvironment();
  const logins = loginSecrets(secrets);
  if (name === undefined) {
    console.log(["People of the realm:", ...peopleOf(environment), "", "Programs:", ...logins.keys()].join("\n"));
    return 0;
  }
  const login = logins.get(name);
  const lines =
    firstLogin(secrets, name) ??
    (login === undefined ? undefined : loginLines(login)) ??
    serviceLines(environment, name, [...logins.keys()]);
  if (lines === undefined) {
    const services = addressesOf(environment).map(({ service }) => service);
    const known = [...Object.keys(environment.realm.people), ...services, ...logins.keys()];
    throw new WrongUsage(`there is no login "${name}"; there are: ${known.join(", ")}`);
  }
  console.log(lines.join("\n"));
  return 0;
});

function peopleOf({ realm }: Environment): string[] {
  return Object.entries(realm.people).map(
    ([person, { groups, disabled }]) => `${person}  ${groups.join(", ")}${disabled ? " (disabled)" : ""}`,
  );
}

/** Where a service is, and who logs in: programs by logins that bear its workload's name, else people. */
function serviceLines(environment: Environment, service: string, logins: readonly string[]): string[] | undefined {
  const address = addressesOf(environment).find((each) => each.service === service);
  if (address === undefined) return undefined;
  const workload = (environment.hosts[service] ?? environment.doors[service])?.workload;
  const programs = logins.filter((login) => login.startsWith(`${workload}-`));
  return [
    address.url,
    ...(programs.length > 0
      ? ["Programs log in:", ...programs]
      : ["People of the realm log in:", ...peopleOf(environment)]),
    "One of them: scripts/login NAME",
  ];
}
