import { join } from "node:path";

/** A step of trusting or forgetting an authority, with what it does for people to read. */
export interface TrustStep {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  /** It changes files of the system that are root's; the keychain of macOS asks by itself. */
  readonly ofRoot: boolean;
}

/** What decides how people of this machine trust an authority. */
export interface TrustFacts {
  readonly platform: NodeJS.Platform;
  /** certutil of NSS is on PATH. */
  readonly certutil: boolean;
  /** Folders of NSS databases that are there, such as Firefox' profiles. */
  readonly databases: readonly string[];
  /** The certificate, in the file that the steps read. */
  readonly file: string;
  /** Name of the authority in every store; it tells those of two clones apart. */
  readonly name: string;
  /** The system's list has the authority, or had it until it was taken out halfway. */
  readonly listed: boolean;
  /** Those of the databases that have it. */
  readonly holders: readonly string[];
}

/** Where Debian looks for authorities that an administrator adds (update-ca-certificates(8)). */
const DEBIAN = "/usr/local/share/ca-certificates";

/** Files of which one is there where the system's list has the authority: what it was given, or its own link to that. */
export function listedFiles({
  platform,
  file,
  name,
}: Pick<TrustFacts, "platform" | "file" | "name">): readonly string[] {
  return platform === "darwin" ? [file] : [debianFile(name), join("/etc/ssl/certs", `${name}.pem`)];
}

const debianFile = (name: string): string => join(DEBIAN, `${name}.crt`);

/** The database of Chromium on Linux (chromium.googlesource.com, docs/linux/cert_management.md). */
export const chromiumDatabase = (home: string): string => join(home, ".pki", "nssdb");

/** Steps that make this machine's programs and its user's browsers trust the authority. */
export function trustSteps({ platform, certutil, databases, file, name }: TrustFacts): readonly TrustStep[] {
  if (platform === "darwin") {
    const keychain = "/Library/Keychains/System.keychain";
    const args = ["add-trusted-cert", "-d", "-r", "trustRoot", "-k", keychain, file];
    return [{ what: "trust it in the system's keychain", command: "security", args, ofRoot: false }];
  }
  const target = debianFile(name);
  return [
    { what: `copy it to ${target}`, command: "install", args: ["-D", "-m", "644", file, target], ofRoot: true },
    { what: "take it into the system's list", command: "update-ca-certificates", args: [], ofRoot: true },
    ...(certutil
      ? databases.map((database) => ({
          what: `trust it in the browser database ${database}`,
          command: "certutil",
          args: ["-A", "-d", `sql:${database}`, "-n", name, "-t", "C,,", "-i", file],
          ofRoot: false,
        }))
      : []),
  ];
}

/** Steps that undo the others, where they were done. */
export function forgetSteps({ platform, file, name, listed, holders }: TrustFacts): readonly TrustStep[] {
  if (platform === "darwin") {
    const args = ["remove-trusted-cert", "-d", file];
    return listed ? [{ what: "forget it in the keychain", command: "security", args, ofRoot: false }] : [];
  }
  const target = debianFile(name);
  const fromList = [
    { what: `remove ${target}`, command: "rm", args: ["-f", target], ofRoot: true },
    { what: "take it out of the system's list", command: "update-ca-certificates", args: ["--fresh"], ofRoot: true },
  ];
  return [
    ...(listed ? fromList : []),
    ...holders.map((database) => ({
      what: `forget it in the browser database ${database}`,
      command: "certutil",
      args: ["-D", "-d", `sql:${database}`, "-n", name],
      ofRoot: false,
    })),
  ];
}
