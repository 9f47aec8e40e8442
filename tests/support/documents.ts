import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureVenv } from "../../scripts/lib/python";
import { get, succeeds } from "./cli";
import { type Forward, forward } from "./forward";

/** What a client says of itself. */
export interface Claim {
  readonly username?: string;
  readonly password?: string;
  readonly authSource?: string;
  readonly tls?: boolean;
}

/** A command and the database where it is given. */
export interface Question {
  readonly database: string;
  readonly command: Readonly<Record<string, unknown>>;
}

/** What the store answered: a document, or an error's code (`unreachable` where there was no answer at all). */
export type Answer = { readonly ok: Readonly<Record<string, unknown>> } | { readonly error: number | "unreachable" };

/** Asks by MongoDB's own driver. Passwords come in a file that its owner alone can read. */
const CLIENT = `
import json, sys
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

port, ca, claims = json.load(open(sys.argv[1]))
answers = []
for claim, question in claims:
    tls = {"tls": True, "tlsCAFile": ca} if claim.get("tls", True) else {}
    login = {name: claim[name] for name in ("username", "password", "authSource") if name in claim}
    client = MongoClient("localhost", port, serverSelectionTimeoutMS=3000, directConnection=True, **tls, **login)
    try:
        answer = client[question["database"]].command(question["command"])
        answers.append({"ok": json.loads(json.dumps(answer, default=str))})
    except OperationFailure as error:
        answers.append({"error": error.code})
    except PyMongoError as error:
        answers.append({"error": "unreachable"})
    finally:
        client.close()
print(json.dumps(answers))
`;

/** A way to the document store from this machine. */
export class DocumentDoor {
  readonly #forward: Forward;
  readonly #folder: string;

  private constructor(way: Forward, folder: string) {
    this.#forward = way;
    this.#folder = folder;
  }

  static async open(ca: string): Promise<DocumentDoor> {
    const way = await forward("platform-data", "service/mongodb", 27017);
    const folder = mkdtempSync(join(tmpdir(), "documents-"));
    writeFileSync(join(folder, "ca.crt"), ca);
    return new DocumentDoor(way, folder);
  }

  async ask(...claims: readonly (readonly [Claim, Question])[]): Promise<Answer[]> {
    const file = join(this.#folder, "claims.json");
    writeFileSync(file, JSON.stringify([this.#forward.port, join(this.#folder, "ca.crt"), claims]), { mode: 0o600 });
    try {
      return JSON.parse(await succeeds(await ensureVenv(), ["-c", CLIENT, file]));
    } finally {
      rmSync(file);
    }
  }

  close(): void {
    this.#forward.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A Secret's values. */
export async function secretOf(namespace: string, name: string): Promise<Record<string, string>> {
  const { data } = await get<{ data: Record<string, string> }>("secret", name, "--namespace", namespace);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}
