import { styleText } from "node:util";

/** What progress writes to: a terminal, a pipe, or a test's collector. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Step {
  /** Says what the step is at just now: "12 of 40". Shown on a terminal alone. */
  update(detail: string): void;
  /** Says something of the step in a line of its own, on every screen. */
  say(text: string): void;
  /** The step is done; `note` says with what result. */
  done(note?: string): void;
  /** The step failed; why is told, or thrown, by its owner. */
  failed(): void;
}

/**
 * Shows steps that may overlap, with their number and elapsed time: one redrawn line on a terminal, else a plain line
 * where a step starts and one where it ends.
 */
export class Progress {
  readonly #title: string;
  readonly #total: number;
  readonly #screen: Screen;
  readonly #running = new Map<number, { label: string; detail: string; since: number }>();
  #started = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `total` is the number of steps that will be started. `screen` defaults to standard error. */
  constructor(title: string, total: number, screen: Screen = process.stderr) {
    this.#title = title;
    this.#total = total;
    this.#screen = screen;
  }

  /** Starts the next step. */
  start(label: string): Step {
    this.#started += 1;
    const number = this.#started;
    const since = Date.now();
    this.#running.set(number, { label, detail: "", since });
    if (this.#screen.isTTY) this.#draw();
    else this.#line(number, label);

    const end = (mark: string, note: string) => {
      if (!this.#running.delete(number)) return;
      this.#line(number, `${label} ${mark}${note === "" ? "" : `, ${note}`} (${elapsed(Date.now() - since)})`);
      this.#draw();
    };
    return {
      update: (detail) => {
        const step = this.#running.get(number);
        if (step !== undefined) step.detail = detail;
      },
      say: (text) => {
        this.#line(number, `${label}: ${text}`);
        this.#draw();
      },
      done: (note = "") => end("done", note),
      failed: () => end("FAILED", ""),
    };
  }

  /** Runs `work` as the next step; what it throws passes through. `note` makes the closing remark out of its result. */
  async step<T>(label: string, work: (step: Step) => Promise<T>, note?: (result: T) => string): Promise<T> {
    const step = this.start(label);
    try {
      const result = await work(step);
      step.done(note?.(result));
      return result;
    } catch (error) {
      step.failed();
      throw error;
    }
  }

  #line(number: number, text: string): void {
    const erase = this.#screen.isTTY ? "\r\x1b[K" : "";
    this.#screen.write(`${erase}${this.#title} [${number}/${this.#total}] ${text}\n`);
  }

  /** Redraws the line of what is running, and keeps doing so once a second while anything is. */
  #draw(): void {
    if (!this.#screen.isTTY) return;
    const now = Date.now();
    const steps = [...this.#running.values()].map(({ label, detail, since }) =>
      [label, detail, elapsed(now - since)].filter((part) => part !== "").join(" "),
    );
    const text = `${this.#title} [${this.#started}/${this.#total}] ${steps.join(" | ")}`;
    this.#screen.write(`\r\x1b[K${steps.length === 0 ? "" : text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#draw(), 1000);
      this.#timer.unref();
    }
  }
}

/** A duration for people: `0.4 s`, `12 s`, `3 min 05 s`. */
export function elapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Colours text where `stream` is a terminal that wants colours (NO_COLOR and FORCE_COLOR are heeded). */
export function colour(
  style: Parameters<typeof styleText>[0],
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(style, text, { stream });
}
