/** Names of this machine that a program's resolver does not know and that are to lead to its loopback interface. */
export interface HostNames {
  readonly names: readonly string[];
  /** What tells these lines from those of others, such as another clone's. */
  readonly mark: string;
}

/** The text of /etc/hosts (hosts(5)) with a line that leads the names to this machine, in place of one that was there. */
export function withHostNames(hosts: string, { names, mark }: HostNames): string {
  const others = withoutHostNames(hosts, mark);
  const line = `127.0.0.1 ${names.join(" ")} # ${mark}\n`;
  return others === "" || others.endsWith("\n") ? others + line : `${others}\n${line}`;
}

/** The same text without that line. */
export function withoutHostNames(hosts: string, mark: string): string {
  return hosts
    .split(/(?<=\n)/)
    .filter((line) => !line.trimEnd().endsWith(` # ${mark}`))
    .join("");
}
