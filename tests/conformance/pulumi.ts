import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import type { Json, Operation, Resource, SeenResource } from "./case";

/** A project of its own with one stack, on the program of all cases. */
export interface Stack {
  /** Runs `pulumi preview|up|refresh|destroy` and answers what it did, by the resources' names. */
  run(command: Command, env?: Readonly<Record<string, string>>): Promise<Result>;
  /** Sets what the program registers. */
  program(program: Program): void;
}

export type Command = "preview" | "up" | "refresh" | "destroy";

export interface Program {
  readonly providers: readonly { readonly name: string; readonly args: Readonly<Record<string, Json>> }[];
  readonly resources: readonly (Resource & { readonly provider: string })[];
}

export interface Result {
  readonly resources: Readonly<Record<string, SeenResource>>;
  readonly state: string;
}

/** How long one command may take, in milliseconds; more than any case waits for. */
const LIMIT = 140_000;

const COMMON = ["--stack=test", "--non-interactive", "--parallel=64"];
const CHANGING = [...COMMON, "--yes", "--skip-preview"];
const FLAGS: Readonly<Record<Command, readonly string[]>> = {
  preview: ["preview", ...COMMON],
  up: ["up", ...CHANGING, "--continue-on-error"],
  refresh: ["refresh", ...CHANGING],
  destroy: ["destroy", ...CHANGING, "--continue-on-error"],
};

/** The parts of engine events that are read here. @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/apitype/events.go */
interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string; readonly severity: string };
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly new?: { readonly id?: string; readonly outputs?: Readonly<Record<string, Json>> };
  readonly detailedDiff?: Readonly<Record<string, unknown>>;
}

export async function newStack(folder: string): Promise<Stack> {
  mkdirSync(join(folder, "state"), { recursive: true });
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: conformance\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "index.js"), `require(${JSON.stringify(join(__dirname, "program.cjs"))});\n`);
  writeFileSync(join(folder, "passphrase"), randomBytes(16).toString("hex"), { mode: 0o600 });
  symlinkSync(join(paths.root, "node_modules"), join(folder, "node_modules"));

  const programFile = join(folder, "program.json");
  const events = join(folder, "events");
  const stateFile = join(folder, "state", ".pulumi", "stacks", "conformance", "test.json");
  const base = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, "passphrase"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SUPPRESS_NEO_LINK: "true",
    PULUMI_DEBUG_COMMANDS: "true", // without it there is no --event-log
    CONFORMANCE_PROGRAM: programFile,
  };
  const created = await cli(["stack", "init", "test", "--non-interactive"], folder, base);
  if (created.code !== 0) throw new Error(`pulumi stack init failed:\n${created.output}`);

  return {
    program: (program) => writeFileSync(programFile, JSON.stringify(wired(program)), { mode: 0o600 }),
    run: async (command, env) => {
      rmSync(events, { force: true });
      const { output, late } = await cli([...FLAGS[command], `--event-log=${events}`], folder, { ...base, ...env });
      if (late) await cli(["cancel", "test", "--yes", "--non-interactive"], folder, base);
      if (!existsSync(events)) throw new Error(`pulumi ${command} did not begin:\n${output}`);
      const lines = readFileSync(events, "utf8").split("\n").filter(Boolean);
      const resources = seenIn(lines.map((line) => JSON.parse(line) as EngineEvent));
      const pending = Object.keys(resources).filter((name) => !resources[name]?.ended);
      if (late) throw new Error(`pulumi ${command} did not end within ${LIMIT / 1000} s; it waited for ${pending}`);
      return { resources, state: readFileSync(stateFile, "utf8") };
    },
  };
}

/** The program as the JSON file has it: type tokens as the SDK's, options beside inputs. */
function wired({ providers, resources }: Program) {
  return {
    providers,
    resources: resources.map(({ name, manifest, options, provider }) => ({
      name,
      type: typeToken(manifest.apiVersion, manifest.kind),
      inputs: manifest,
      options: { ...options, provider },
    })),
  };
}

/** `kubernetes:core/v1:ConfigMap`, `kubernetes:apps/v1:Deployment`. */
function typeToken(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

const ENGINE_OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  same: "same",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "import",
  "import-replacement": "import",
};

function seenIn(events: readonly EngineEvent[]): Record<string, SeenResource> {
  const seen: Record<string, SeenResource> = {};
  const nothing: SeenResource = { op: undefined, diff: [], error: "", warnings: "", id: "", outputs: {}, ended: false };
  const note = (urn: string, more: (old: SeenResource) => Partial<SeenResource>) => {
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const old = seen[name] ?? nothing;
    seen[name] = { ...old, ...more(old) };
  };
  for (const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } of events) {
    if (resourcePreEvent) {
      const { urn, op, detailedDiff } = resourcePreEvent.metadata;
      note(urn, (old) => ({
        op: old.op === "replace" ? "replace" : (ENGINE_OPERATIONS[op] ?? old.op),
        diff: [...new Set([...old.diff, ...Object.keys(detailedDiff ?? {})])],
      }));
    }
    const done = resOutputsEvent ?? resOpFailedEvent;
    if (done) {
      const { urn, op, new: state } = done.metadata;
      note(urn, (old) => ({
        op: old.op ?? ENGINE_OPERATIONS[op],
        ended: true,
        ...(state ? { id: state.id ?? old.id, outputs: state.outputs ?? old.outputs } : {}),
      }));
    }
    if (diagnosticEvent?.urn) {
      const { message, severity } = diagnosticEvent;
      note(diagnosticEvent.urn, (old) => ({
        error: severity === "error" ? old.error + message : old.error,
        warnings: severity === "warning" ? old.warnings + message : old.warnings,
      }));
    }
  }
  return seen;
}

function cli(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string; late: boolean }> {
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      args,
      { cwd, env, maxBuffer: 1 << 28, timeout: LIMIT, killSignal: "SIGINT" },
      (error, stdout, stderr) => {
        if (error?.killed) resolve({ code: 1, output: stdout + stderr, late: true });
        else if (error !== null && typeof error.code !== "number")
          reject(new Error(`pulumi cannot be started: ${error.message}. Run eval "$(scripts/env)" first.`));
        else resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr, late: false });
      },
    );
  });
}
