import { lookup } from "node:dns/promises";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { addressesOf } from "../lib/addresses";
import { command } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { gatewayAuthority } from "../lib/gateway-authority";
import { withHostNames, withoutHostNames } from "../lib/host-names";
import { paths } from "../lib/paths";
import { attempt } from "../lib/run";
import { chromiumDatabase, forgetSteps, type TrustFacts, trustSteps } from "../lib/trust";

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
  async (options) => {
    const facts = await observe();
    if (!options.undo) {
      const certificate = await gatewayAuthority(devEnvironment());
      if (options.print) {
        console.log(certificate.trimEnd());
        return 0;
      }
      mkdirSync(dirname(facts.file), { recursive: true });
      writeFileSync(facts.file, certificate);
    }
    let failed = (await changeNames(facts.name, options.undo)) ? 0 : 1;
    for (const { what, command: program, args } of options.undo ? forgetSteps(facts) : trustSteps(facts)) {
      console.log(`trust: ${what}: ${[program, ...args].join(" ")}`);
      const { code, stderr } = await attempt(program, args).catch((error: Error) => ({
        code: 1,
        stderr: error.message,
      }));
      if (code === 0) continue;
      failed = 1;
      console.error(`trust: this failed: ${stderr.trim()}`);
    }
    if (!facts.certutil && facts.platform === "linux")
      console.log("trust: browsers keep lists of their own; for those, install libnss3-tools and run this again.");
    return failed;
  },
);

const HOSTS = "/etc/hosts";

/** Leads the names to this machine in the list of hosts where its resolver does not, or takes them out. False where that failed. */
async function changeNames(mark: string, undo: boolean): Promise<boolean> {
  const hosts = readFileSync(HOSTS, "utf8");
  const others = withoutHostNames(hosts, mark);
  const names = undo ? [] : addressesOf(devEnvironment()).map(({ host }) => host);
  const known = hosts === others && (await Promise.all(names.map(isKnown))).every(Boolean);
  const wanted = undo || known ? others : withHostNames(hosts, { names, mark });
  if (wanted === hosts) return true;
  console.log(undo ? `trust: names out of ${HOSTS}` : `trust: names into ${HOSTS}: ${names.join(", ")}`);
  try {
    writeFileSync(HOSTS, wanted);
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
  const certutil = await attempt("certutil", ["-H"]).then(
    () => true,
    () => false,
  );
  const home = homedir();
  return {
    platform: process.platform,
    certutil,
    databases: [chromiumDatabase(home), ...firefoxProfiles(home)].filter((folder) => existsSync(folder)),
    file: join(paths.platform, "gateway-authority.pem"),
    name: paths.netns,
  };
}

function firefoxProfiles(home: string): string[] {
  return [join(home, ".mozilla", "firefox"), join(home, "snap", "firefox", "common", ".mozilla", "firefox")]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((profile) => join(folder, profile)))
    .filter((profile) => existsSync(join(profile, "cert9.db")));
}
