import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { down } from "../../offline/cluster/down";
import { type Instance, instanceOf } from "../../offline/cluster/instance";
import { firstNeed } from "../../offline/cluster/preflight";
import { supervisor } from "../../offline/cluster/processes";
import { serviceLogDir } from "../../offline/cluster/scripts";
import { statusTable } from "../../offline/cluster/status";
import { serviceStates } from "../../offline/cluster/supervise";
import { up } from "../../offline/cluster/up";
import { clusterParts } from "../lib/cluster-parts";
import { command, WrongUsage } from "../lib/command-line";
import { hostPorts } from "../lib/gateway-access";
import { withLock } from "../lib/lock";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { elapsed } from "../lib/progress";
import { run } from "../lib/run";
import { letRealmIn } from "../lib/token-issuers";

const HELP = `Usage: scripts/cluster up | down [--purge] | login | status | logs [COMPONENT]

A one-node Kubernetes on this machine (Linux, root), in namespaces of its own: the host sees a few ports on loopback.

  up                starts it, or finds that it runs; after a crash or a reboot it comes back with its data
  down              stops it; its data stays in /var/lib
  down --purge      stops it and deletes its data
  login             has its API server take the tokens of the dev stack's realm, once that runs; scripts/up does it
  status            shows each component, to root; exit code 1 unless all are healthy
  logs [COMPONENT]  shows the end of one log, or of all

PLATFORM_API_PORT   loopback port of the API server (default 16443)
PLATFORM_INSTANCE   name of another cluster of this clone, with its own data and its state in .platform/instances/NAME
`;

const START = "Start it: make up, or scripts/cluster up.";

const LINES_OF_ONE = 200;
const LINES_OF_ALL = 10;

const LINE = { name: "cluster", help: HELP, options: { purge: "flag" }, positionals: true } as const;

export const main = command(LINE, async ({ purge }, [action, component, ...rest]) => {
  if (purge && action !== "down") throw new WrongUsage("--purge belongs to down");
  if (component !== undefined && action !== "logs") throw new WrongUsage("only logs takes the name of a component");
  if (rest.length > 0) throw new WrongUsage("logs takes one name at most");
  const instance = instanceOf(paths.root, process.env);
  const remains = [instance.runDir, instance.dataDir, ...(action === "logs" ? [instance.logDir] : [])];
  const absent = !remains.some((folder) => existsSync(folder));
  if (absent && action === "down") {
    console.log(`cluster: there is no ${instance.name} on this machine.`);
    return 0;
  }
  if (absent && (action === "login" || action === "status" || action === "logs")) {
    console.error(`cluster: there is no ${instance.name} on this machine. ${START}`);
    return 1;
  }
  const root = process.getuid?.() === 0;
  if ((action === "down" || action === "login" || action === "status") && !root) {
    console.error(
      `cluster: ${instance.name} belongs to root, and nobody else can see or change its components. Run the same command as root (sudo -E).`,
    );
    return 1;
  }
  const need = action === "up" ? firstNeed({ platform: process.platform, root }) : undefined;
  if (need !== undefined) {
    console.error(`cluster: ${need}`);
    return 1;
  }
  switch (action) {
    case "up":
      return alone(instance, () => start(instanceOf(paths.root, process.env, hostPorts())));
    case "down":
      return alone(instance, () => end(instance, purge));
    case "login":
      return alone(instance, () => login(instance));
    case "status":
      return status(instance);
    case "logs":
      return logs(instance, component);
    default:
      throw new WrongUsage(
        action === undefined ? "say up, down, login, status or logs" : `there is no command "${action}"`,
      );
  }
});

/** Two commands that change a cluster wait for each other. */
function alone(instance: Instance, work: () => Promise<number>): Promise<number> {
  const lock = join(instance.stateDir, "cluster.lock");
  return withLock(lock, (who) => console.error(`cluster: waiting for ${who}, which changes it just now.`), work);
}

async function start(instance: Instance): Promise<number> {
  const since = Date.now();
  const { problems, started, ports } = await up(instance, await clusterParts());
  if (problems.length > 0) {
    for (const problem of problems) console.error(`cluster: ${problem}`);
    return 1;
  }
  if (ports !== "") console.log(`cluster: ports of the host: ${ports}`);
  const what = started ? "is up" : "was up already";
  console.log(`cluster: ${instance.name} ${what} (${elapsed(Date.now() - since)}); kubeconfig: ${instance.kubeconfig}`);
  return 0;
}

async function end(instance: Instance, purge: boolean): Promise<number> {
  const since = Date.now();
  await down(instance, purge);
  const data = purge
    ? "its data is deleted"
    : existsSync(instance.dataDir)
      ? `its data stays in ${instance.dataDir}`
      : "it has no data";
  console.log(`cluster: ${instance.name} is down (${elapsed(Date.now() - since)}); ${data}.`);
  return 0;
}

async function login(instance: Instance): Promise<number> {
  if (supervisor(instance) === undefined) return isDown(instance);
  const env = await platformEnvironment();
  const outcome = await letRealmIn(instance, (args) =>
    run("kubectl", ["--kubeconfig", instance.kubeconfig, ...args], { env }),
  );
  console.log(`cluster: ${outcome}.`);
  return 0;
}

async function status(instance: Instance): Promise<number> {
  if (supervisor(instance) === undefined) return isDown(instance);
  const states = await serviceStates(instance);
  console.log(statusTable(states));
  return states.every(({ healthy }) => healthy) ? 0 : 1;
}

function isDown(instance: Instance): number {
  console.error(`cluster: ${instance.name} is down. ${START}`);
  return 1;
}

function logs(instance: Instance, component: string | undefined): number {
  const names = existsSync(instance.logDir)
    ? readdirSync(instance.logDir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
    : [];
  if (component !== undefined && !names.includes(component)) {
    console.error(`cluster: there is no log of "${component}". There are: ${names.join(", ") || "none"}.`);
    return 2;
  }
  for (const name of component === undefined ? names : [component]) {
    const file = join(serviceLogDir(instance, name), "current");
    const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
    console.log(`== ${name}: ${file}`);
    console.log(lines.slice(component === undefined ? -LINES_OF_ALL : -LINES_OF_ONE).join("\n"));
  }
  return 0;
}
