import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";

/** `flag`: said or not. `text`: `--option VALUE`, undefined where it is not said. */
type OptionKind = "flag" | "text";
type Options = Readonly<Record<string, OptionKind>>;
type Values<O extends Options> = { readonly [Name in keyof O]: O[Name] extends "flag" ? boolean : string | undefined };

const HELP = { type: "boolean", short: "h", default: false } as const;

export interface CommandLine<O extends Options> {
  /** As in `scripts/NAME`; begins its messages. */
  readonly name: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Options beside `--help`. @default none */
  readonly options?: O;
  /** Whether it takes arguments that are no options. @default false */
  readonly positionals?: boolean;
}

/** What was asked for makes no sense; the message says why, and the help follows it. */
export class WrongUsage extends Error {}

/** Throws `WrongUsage` for the first of the names that is not known, naming those that are. */
export function refuseUnknown(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new WrongUsage(`there is no ${what} "${unknown}"; there are: ${known.join(", ")}`);
}

/**
 * The `main` of a command, which answers its exit code: 0 after `--help`, 2 with a message and the help on standard error for wrong
 * usage, which is what cannot be parsed and what `work` throws a `WrongUsage` for, else what `work` answers.
 */
export function command<O extends Options = Record<never, never>>(
  line: CommandLine<O>,
  work: (values: Values<O>, positionals: readonly string[]) => Promise<number>,
): (argv: readonly string[]) => Promise<number> {
  return async (argv) => {
    try {
      const { help, values, positionals } = parse(line, argv);
      if (!help) return await work(values, positionals);
      console.log(line.help);
      return 0;
    } catch (error) {
      if (!(error instanceof WrongUsage)) throw error;
      console.error(`${line.name}: ${error.message}\n\n${line.help}`);
      return 2;
    }
  };
}

function parse<O extends Options>({ options, positionals = false }: CommandLine<O>, args: readonly string[]) {
  const own = Object.entries<OptionKind>(options ?? {}).map(([name, kind]): [string, ParseArgsOptionDescriptor] => [
    name,
    kind === "flag" ? { type: "boolean", default: false } : { type: "string" },
  ]);
  const described = { ...Object.fromEntries(own), help: HELP };
  try {
    const parsed = parseArgs({ args, allowPositionals: positionals, options: described });
    return { help: parsed.values.help, values: parsed.values as Values<O>, positionals: parsed.positionals };
  } catch (error) {
    const [problem = ""] = (error as Error).message.split(". "); // what follows is about quoting
    throw new WrongUsage(problem);
  }
}
