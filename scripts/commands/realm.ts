import { command, refuseUnknown, WrongUsage } from "../lib/command-line";
import { devEnvironment, namespaceOf } from "../lib/dev-environment";
import { kubectlOfDev } from "../lib/kubectl";
import { Progress } from "../lib/progress";
import { runTemplate } from "../lib/template-run";

interface Action {
  readonly about: string;
  /** What the program of images/keycloak is told, by the names of people. */
  readonly options: (people: readonly string[]) => readonly string[];
  readonly ofPeople: boolean;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  drift: { about: "comparing the realm with its definition", options: () => ["--check"], ofPeople: false },
  apply: { about: "making the realm as it is defined", options: () => [], ofPeople: false },
  renew: {
    about: "making new accounts",
    options: (people) => people.map((person) => `--renew=${person}`),
    ofPeople: true,
  },
};

/** Exit code of the program where something is not as wished. */
const DRIFT = 3;

const HELP = `Usage: scripts/realm drift
       scripts/realm apply
       scripts/realm renew PERSON...

Compares the realm in Keycloak with what the stack has defined, in a short-lived Job inside the cluster.

  drift   says what somebody has changed by hand, a line each; changes nothing
  apply   puts it back, and says what it changed. A realm that the definition has changed is applied by \`pulumi up\` itself
  renew   the same, with new accounts for these people: their first passwords (scripts/login PERSON) hold again, and what was
          open of the old ones ends within an hour

Exit code 0: as defined. 1: not as defined, or it could not be found out; the last line says which. 2: wrong usage.
`;

export const main = command({ name: "realm", help: HELP, positionals: true }, async (_, [name = "", ...people]) => {
  const action = ACTIONS[name];
  if (action === undefined) throw new WrongUsage(`say one of: ${Object.keys(ACTIONS).join(", ")}`);
  if (action.ofPeople !== people.length > 0)
    throw new WrongUsage(action.ofPeople ? `${name} whom? Name people` : `${name} takes no name`);
  refuseUnknown("person", people, Object.keys(devEnvironment().realm.people));
  const kubectl = await kubectlOfDev();
  const run = {
    namespace: namespaceOf("keycloak-setup"),
    template: "keycloak-setup",
    // In place of the template's own arguments.
    args: [...action.options(people), "/etc/keycloak-setup/wish.json"],
  };
  const { log, exitCode } = await new Progress("realm", 1).step(action.about, (step) =>
    runTemplate(kubectl, run, step.update),
  );
  console.log(log.trimEnd());
  if (exitCode === 0) return 0;
  console.error(
    exitCode === DRIFT
      ? "realm: not as defined. `scripts/realm apply` puts it back."
      : `realm: the Job failed with exit code ${exitCode}.`,
  );
  return 1;
});
