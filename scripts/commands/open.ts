import { addressesOf, addressOf, addressTable } from "../lib/addresses";
import { command, WrongUsage } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { attempt } from "../lib/run";

const HELP = `Usage: scripts/open [SERVICE]

Prints the address of a service of the dev stack, and opens it where it is a page and this machine has a desktop. Without SERVICE it
prints all.
`;

/** What opens an address in the browser of a desktop. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", linux: "xdg-open" };

const LINE = { name: "open", help: HELP, positionals: true } as const;

export const main = command(LINE, async (_, [service, ...more]) => {
  if (more.length > 0) throw new WrongUsage("name one service");
  const environment = devEnvironment();
  if (service === undefined) {
    console.log(addressTable(addressesOf(environment)).join("\n"));
    return 0;
  }
  const url = addressOf(environment, service);
  console.log(url);
  const opener = OPENERS[process.platform];
  const desktop = process.platform === "darwin" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  if (opener !== undefined && desktop && url.startsWith("https:")) await attempt(opener, [url]).catch(() => undefined); // a convenience alone
  return 0;
});
