import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readJson } from "../../scripts/lib/json-file";
import { paths } from "../../scripts/lib/paths";

export type Mode = "official" | "twin";

/** A Pulumi CLI that was found on this machine. */
export interface FoundCli {
  readonly path: string;
  readonly version: string;
}

/** Where the official plugin of a package is, seen from here. */
export type PluginState = "installed" | "downloadable" | "unreachable";

/** What was seen of the official Pulumi on this machine. */
export interface Observations {
  /** The CLIs on PATH and in PULUMI_HOME, in this order. */
  readonly clis: readonly FoundCli[];
  /** Whether the vendor's server offers the pinned CLI to this machine. */
  readonly cliDownload: boolean;
  readonly plugins: Readonly<Record<string, PluginState>>;
}

/** The recorded choice, `.platform/choice.json`. */
export interface Choice {
  readonly mode: Mode;
  /** `command`: by `scripts/setup-tools --choose`; else by what was seen. */
  readonly by: "observation" | "command";
  readonly reasons: readonly string[];
  /** The official CLI to use; none where it must be downloaded, or with twins. */
  readonly cli?: FoundCli;
}

/** Decides between official Pulumi and twins: official where CLI and all plugins can be had, else twins. */
export function decide({ clis, cliDownload, plugins }: Observations, pinned: string): Choice {
  const cli = clis.find(({ version }) => !isOlder(version, pinned));
  const old = clis
    .filter((found) => found !== cli && isOlder(found.version, pinned))
    .map(({ path, version }) => `${path} is ${version}, older than ${pinned}`);
  const cliReason =
    cli !== undefined
      ? `${cli.path} is the official CLI ${cli.version} (${pinned} or newer is needed)`
      : cliDownload
        ? `the official CLI ${pinned} can be downloaded`
        : `no official CLI is on PATH or in PULUMI_HOME, and it cannot be downloaded from here`;
  const pluginReasons = Object.entries(plugins).map(([name, state]) => `official plugin ${name}: ${state}`);
  const unreachable = Object.values(plugins).includes("unreachable");
  const official = (cli !== undefined || cliDownload) && !unreachable;
  return {
    mode: official ? "official" : "twin",
    by: "observation",
    reasons: [...old, cliReason, ...pluginReasons],
    ...(official && cli !== undefined ? { cli } : {}),
  };
}

/** The choice of a person. Throws where it cannot be had. */
export function decided(mode: Mode, observed: Observations, pinned: string): Choice {
  const possible = decide(observed, pinned);
  if (mode === "official" && possible.mode === "twin")
    throw new Error(`Official Pulumi cannot be used here:\n${possible.reasons.map((line) => `  ${line}`).join("\n")}`);
  return {
    mode,
    by: "command",
    reasons: [`chosen by scripts/setup-tools --choose ${mode}`, ...possible.reasons],
    ...(mode === "official" && possible.cli !== undefined ? { cli: possible.cli } : {}),
  };
}

/** The recorded choice, where one was made. */
export function readChoice(file: string = paths.choiceFile): Choice | undefined {
  return readJson(file, "Delete it and run scripts/setup-tools.");
}

export function writeChoice(choice: Choice, file: string = paths.choiceFile): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(choice, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Compares `3.259.0` with `3.260.0`; what follows the three numbers is not looked at. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
