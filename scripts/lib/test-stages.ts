/** One program of a stage; a path under scripts/ or node_modules/.bin/ is relative to the repository. */
export interface StageCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Stage {
  readonly about: string;
  /** One after the other; those of an inner list side by side. */
  readonly commands: readonly (StageCommand | readonly StageCommand[])[];
}

const bin = (name: string, ...args: string[]): StageCommand => ({ command: `node_modules/.bin/${name}`, args });
const script = (name: string, ...args: string[]): StageCommand => ({ command: `scripts/${name}`, args });

/** The stages of `make test` in their order: what is quick and what others need comes first. */
export const STAGES: Readonly<Record<string, Stage>> = {
  tools: {
    about: "packages and tools that the other stages need, found or built",
    commands: [script("setup-auxiliaries"), script("setup-tools"), script("operators")],
  },
  images: { about: "images, built where they are missing", commands: [script("images", "build")] },
  checks: {
    about: "format, lint, types, arrows between the rooms, dead code",
    commands: [
      bin("biome", "ci", "--error-on-warnings", "--colors=off", "."),
      bin("tsc"),
      bin("depcruise", "components", "environment", "images", "offline", "scripts", "stacks", "tests"),
      bin("knip"),
      script("test-python", "checks"),
    ],
  },
  units: {
    about: "pure parts, components, graphs; no root, no cluster",
    commands: [bin("mocha"), script("test-python", "units")],
  },
  program: {
    about: "the Pulumi program through the real CLI, and its benchmark; needs the tools, no cluster",
    commands: [bin("mocha", "--no-config", ...realTests("program")), script("bench", "preview")],
  },
  dev: {
    about:
      "the one-node cluster, and on it the plugin's conformance and the dev platform with its faults; deletes this clone's platform and data",
    commands: [
      script("setup-auxiliaries", "--tests"),
      // A run that failed leaves its platform, for people to look at; it would be in the way of one that begins with an older version.
      script("down", "--purge"),
      script("setup-k8s"),
      script("images", "publish"),
      // Those of a second cluster, and those on the first.
      [
        bin("mocha", "--no-config", ...realTests("cluster")),
        bin("mocha", "--no-config", ...realTests("conformance", "platform/begin")),
      ],
      // They mostly wait, and for different things.
      [
        bin("mocha", "--no-config", ...realTests("platform/people")),
        bin("mocha", "--no-config", ...realTests("platform/data")),
      ],
      bin("mocha", "--no-config", ...realTests("platform/end")),
    ],
  },
  soak: {
    about:
      "what takes too long for the whole: faults in the middle of both data ways, scaling, drift; on what `make up` has left, and leaves less of it",
    commands: [bin("mocha", "--no-config", ...realTests("soak"))],
  },
};

/** What runs where no stage is named. */
export const WHOLE: readonly string[] = Object.keys(STAGES).filter((name) => name !== "soak");

/** Options of mocha for tests against a real cluster: in the order of their names, stopping where one has failed. */
function realTests(...rooms: string[]): string[] {
  return [
    "--node-option=import=tsx",
    "--require=tests/setup.ts",
    "--timeout=600000",
    "--bail",
    "--forbid-only",
    "--forbid-pending",
    "--sort",
    ...rooms.map((room) => `tests/${room}/**/*.test.ts`),
  ];
}

/** Tests that passed and failed, read from the closing lines of mocha and pytest. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Reads the counts from one line of output; other lines count nothing. */
export function countsOf(line: string): Counts {
  const mocha = /^ {2}(\d+) (passing|failing)\b/.exec(line);
  if (mocha !== null) {
    const number = Number(mocha[1]);
    return mocha[2] === "passing" ? { passed: number, failed: 0 } : { passed: 0, failed: number };
  }
  if (!/^=* ?\d+ (passed|failed|errors?)\b.* in [\d.]+s/.test(line)) return { passed: 0, failed: 0 };
  const number = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed") + number("errors?") };
}

const LAST_LINES = 30;

/** Why a program failed, by what it printed: what mocha says of failures, without stacks, or its last lines. */
export function failuresIn(lines: readonly string[]): string[] {
  const failing = lines.findLastIndex((line) => /^ {2}\d+ failing\b/.test(line));
  const said = failing < 0 ? lines.slice(-LAST_LINES) : lines.slice(failing + 1);
  return said.filter((line) => line.trim() !== "" && !/^ +at .*[:(]/.test(line));
}
