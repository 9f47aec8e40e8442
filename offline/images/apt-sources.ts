/** Where Debian's packages come from: a mirror for the base system, and the lines of a sources.list. */
export interface AptSources {
  readonly mirror: string;
  readonly list: string;
}

interface Entry {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
}

/**
 * The sources of this machine for another release of Debian, so that a mirror set here is used there too. Undefined where it has
 * none: debootstrap then has a default of its own.
 * @param texts contents of sources.list (one line each) and *.sources (deb822) files, see man 5 sources.list.
 * @param codename the machine's own release, such as `bookworm`.
 * @param suite the wanted one, such as `trixie`.
 */
export function sourcesFor(suite: string, codename: string, texts: readonly string[]): AptSources | undefined {
  const entries = texts.flatMap((text) => (/^URIs:/im.test(text) ? deb822(text) : oneLine(text)));
  const wanted = entries.flatMap(({ uris, suites }) =>
    suites
      .filter((name) => name === codename || [`${codename}-updates`, `${codename}-security`].includes(name))
      .flatMap((name) => uris.map((uri) => ({ uri, suite: name.replace(codename, suite) }))),
  );
  const base = wanted.find((source) => source.suite === suite);
  if (base === undefined) return undefined;
  const lines = new Set(wanted.map((source) => `deb ${source.uri} ${source.suite} main\n`));
  return { mirror: base.uri, list: [...lines].join("") };
}

function oneLine(text: string): Entry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line);
    const [, uri, suite, components = ""] = match ?? [];
    if (uri === undefined || suite === undefined || !hasMain(components)) return [];
    return [{ uris: [uri], suites: [suite] }];
  });
}

function deb822(text: string): Entry[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split("\n").filter((line) => !line.startsWith("#"));
    const field = (name: string): string[] => {
      const line = lines.find((candidate) => candidate.toLowerCase().startsWith(`${name}:`)) ?? "";
      return line
        .slice(name.length + 1)
        .split(/\s+/)
        .filter(Boolean);
    };
    const off = field("enabled")[0] === "no";
    if (off || !field("types").includes("deb") || !hasMain(field("components").join(" "))) return [];
    return [{ uris: field("uris"), suites: field("suites") }];
  });
}

const hasMain = (components: string): boolean => components.split(/\s+/).includes("main");
