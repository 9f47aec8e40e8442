import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface RunOptions {
  /** Working directory. @default that of this process */
  readonly cwd?: string;
  /** The whole environment of the child. @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Text for the child's standard input. @default nothing */
  readonly input?: string;
  /** File that both outputs are appended to, below a line with the command; its folder is made. @default none */
  readonly log?: string;
  /** Milliseconds until the child is sent SIGKILL. @default no limit */
  readonly timeout?: number;
  /** Called with each line of either output. @default none */
  readonly onLine?: (line: string) => void;
}

export interface Finished {
  /** Exit code; 128 + number for a signal is not imitated: it is -1. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that could not be started, failed, or took too long. The message ends with its last lines and its log. */
export class CommandFailed extends Error {
  readonly code: number;
  readonly stderr: string;

  constructor(message: string, finished: Finished) {
    super(message);
    this.name = "CommandFailed";
    this.code = finished.code;
    this.stderr = finished.stderr;
  }
}

/** Standard output of a program. Throws `CommandFailed` unless it exits with 0. Put no secret into `args`: it is shown. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const finished = await attempt(command, args, options);
  if (finished.code === 0) return finished.stdout;
  const shown = [command, ...args].join(" ");
  const where = options.log === undefined ? "" : `\n(all of it: ${options.log})`;
  const reason = finished.code === -1 ? "was stopped" : `failed with exit code ${finished.code}`;
  throw new CommandFailed(`\`${shortened(shown)}\` ${reason}.\n${lastLines(finished)}${where}`, finished);
}

/** Runs a program and answers how it ended. Throws `CommandFailed` only where it cannot be started. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const log = options.log === undefined ? undefined : openLog(options.log, [command, ...args].join(" "));
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      killSignal: "SIGKILL",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    // Node's own `timeout` keeps this process alive for all its length where the program could not be started.
    const limit = options.timeout === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.timeout);
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      child[name].setEncoding("utf8");
      child[name].on("data", (text: string) => {
        texts[name] += text;
        if (log !== undefined) writeSync(log, text);
        if (options.onLine === undefined) return;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(options.onLine);
      });
    }
    child.stdin.on("error", () => {}); // a child that never reads its input closes the pipe
    child.stdin.end(options.input ?? "");

    let failure: Error | undefined;
    child.on("error", (error) => {
      failure = error;
    });
    child.on("close", (code) => {
      clearTimeout(limit);
      if (log !== undefined) closeSync(log);
      const finished = { code: code ?? -1, ...texts };
      if (failure === undefined || child.pid !== undefined) resolve(finished);
      else reject(new CommandFailed(notStarted(command, failure), finished));
    });
  });
}

/**
 * Waits for a program that must not be left behind at work. Ctrl-C in a terminal reaches it as well: it ends first, then this process,
 * as it would have at once.
 */
export async function outlasting<T>(program: () => Promise<T>): Promise<T> {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.on("SIGINT", interrupt);
  try {
    return await program();
  } finally {
    process.off("SIGINT", interrupt);
    if (interrupted) process.kill(process.pid, "SIGINT");
  }
}

/** Runs a program on this terminal and answers its exit code. Ctrl-C ends this process after the program. */
export function passThrough(
  command: string,
  args: readonly string[],
  options: Pick<RunOptions, "cwd" | "env"> = {},
): Promise<number> {
  const program = () =>
    new Promise<number>((resolve, reject) => {
      const child = spawn(command, args, { stdio: "inherit", ...options });
      child.on("error", (error) => reject(new Error(notStarted(command, error))));
      child.on("close", (code) => resolve(code ?? 1));
    });
  return outlasting(program);
}

/** Programs that `scripts/setup-tools` brings. */
const BROUGHT = ["pulumi", "kubectl"];

function notStarted(command: string, { message }: Error): string {
  const hint = BROUGHT.includes(command) ? ". Set the tools up first: scripts/setup-tools" : "";
  return `\`${command}\` could not be started: ${message}${hint}`;
}

function openLog(file: string, command: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, "a");
  writeSync(log, `\n$ ${command}\n`);
  return log;
}

/** The end of what a program said: of its error output, or of its output where it said nothing there. */
function lastLines({ stdout, stderr }: Finished): string {
  const text = stderr.trim() === "" ? stdout : stderr;
  return text.trimEnd().split("\n").slice(-20).join("\n");
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
