import { lookup } from "node:dns/promises";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { addressesOf } from "../lib/addresses";
import { command, WrongUsage } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { gatewayAuthority } from "../lib/gateway-authority";
import { withHostNames, withoutHostNames } from "../lib/host-names";
import { paths } from "../lib/paths";
import { attempt } from "../lib/run";
import { chromiumDatabase, forgetSteps, listedFiles, type TrustFacts, type TrustStep, trustSteps } from "../lib/trust";

const HELP = `Usage: scripts/trust [--undo | --print]

Makes the programs of this machine and the browsers of this user trust the authority of the dev stack's gateway, so that its
addresses open without a warning, and leads their names to this machine in /etc/hosts where its resolver does not (browsers know
names below localhost by themselves; psql, Java and kubelogin do not). Says what it does; needs root for the system's files
(sudo -E). Whoever has that authority's key, which is in the stack's state alone, could then pose as any site to this machine: undo
it with the platform.

  --undo    take it out again
  --print   print the certificate and change nothing
`;

export const main = command(
  { name: "trust", help: HELP, options: { undo: "flag", print: "flag" } },
  async ({ undo, print }) => {
    if (undo && print) throw new WrongUsage("--undo and --print contradict each other");
    const facts = await observe();
    if (!undo) {
      const certificate = await gatewayAuthority(devEnvironment());
      if (print) {
        console.log(certificate.trimEnd());
        return 0;
      }
      mkdirSync(dirname(facts.file), { recursive: true });
      writeFileSync(facts.file, certificate);
    }
    const code = await change(facts, undo);
    if (undo && code === 0) rmSync(facts.file, { force: true });
    if (!facts.certutil && facts.platform === "linux")
      console.log("trust: browsers keep lists of their own; for those, install libnss3-tools and run this again.");
    return code;
  },
);

/** Does or undoes what this user may, and answers the exit code. */
async function change(facts: TrustFacts, undo: boolean): Promise<number> {
  const steps = undo ? forgetSteps(facts) : trustSteps(facts);
  const hosts = await hostsChange(facts.name, undo);
  if (steps.length === 0 && hosts === undefined) console.log("trust: there is nothing to undo.");
  const root = process.getuid?.() === 0;
  const refused = !root && (hosts !== undefined || steps.some(({ ofRoot }) => ofRoot));
  if (refused)
    console.error("trust: the system's files are root's and stay as they are. Run the same command as root (sudo -E).");
  const namesDone = !root || hosts === undefined || writeHosts(hosts);
  let code = refused || !namesDone ? 1 : 0;
  for (const step of steps) if ((root || !step.ofRoot) && !(await take(step))) code = 1;
  return code;
}

/** False where the step failed. */
async function take({ what, command: program, args }: TrustStep): Promise<boolean> {
  console.log(`trust: ${what}: ${[program, ...args].join(" ")}`);
  const { code, stderr } = await attempt(program, args).catch((error: Error) => ({ code: 1, stderr: error.message }));
  if (code !== 0) console.error(`trust: this failed: ${stderr.trim()}`);
  return code === 0;
}

const HOSTS = "/etc/hosts";

interface HostsChange {
  readonly what: string;
  /** The whole list. */
  readonly text: string;
}

/** Leads the names to this machine where its resolver does not, or takes them out; undefined where the list is so already. */
async function hostsChange(mark: string, undo: boolean): Promise<HostsChange | undefined> {
  const hosts = readFileSync(HOSTS, "utf8");
  const others = withoutHostNames(hosts, mark);
  const names = undo ? [] : addressesOf(devEnvironment()).map(({ host }) => host);
  const known = hosts === others && (await Promise.all(names.map(isKnown))).every(Boolean);
  const text = undo || known ? others : withHostNames(hosts, { names, mark });
  if (text === hosts) return undefined;
  return { text, what: undo ? `names out of ${HOSTS}` : `names into ${HOSTS}: ${names.join(", ")}` };
}

/** False where that failed. */
function writeHosts({ what, text }: HostsChange): boolean {
  console.log(`trust: ${what}`);
  try {
    writeFileSync(HOSTS, text);
    return true;
  } catch (error) {
    console.error(`trust: this failed: ${(error as Error).message}`);
    return false;
  }
}

const isKnown = (name: string): Promise<boolean> =>
  lookup(name).then(
    () => true,
    () => false,
  );

async function observe(): Promise<TrustFacts> {
  const { platform } = process;
  const certutil = await attempt("certutil", ["-H"]).then(
    () => true,
    () => false,
  );
  const home = homedir();
  const databases = [chromiumDatabase(home), ...firefoxProfiles(home)].filter((folder) => existsSync(folder));
  const file = join(paths.platform, "gateway-authority.pem");
  const name = paths.netns;
  const listed = listedFiles({ platform, file, name }).some(
    (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  );
  const holds = await Promise.all(databases.map(async (database) => certutil && (await isIn(database, name))));
  return { platform, certutil, databases, file, name, listed, holders: databases.filter((_, index) => holds[index]) };
}

const isIn = async (database: string, name: string): Promise<boolean> =>
  (await attempt("certutil", ["-L", "-d", `sql:${database}`, "-n", name])).code === 0;

function firefoxProfiles(home: string): string[] {
  return [join(home, ".mozilla", "firefox"), join(home, "snap", "firefox", "common", ".mozilla", "firefox")]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((profile) => join(folder, profile)))
    .filter((profile) => existsSync(join(profile, "cert9.db")));
}
