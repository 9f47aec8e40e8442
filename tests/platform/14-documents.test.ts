import assert from "node:assert/strict";
import { eventually, get, kubectl } from "../support/cli";
import { counts } from "../support/counts";
import { devEnvironment } from "../support/dev-environment";
import { type Answer, type Claim, DocumentDoor, type Question, secretOf } from "../support/documents";
import { flightsTruth } from "../support/flights-truth";
import { finished, startAgain } from "../support/jobs";

const LOADER = { namespace: "platform-pipelines", secret: "mongodb-flights-documents-loader" };
const LIMIT_SECONDS = 180;
/** Codes of MongoDB's own list: https://www.mongodb.com/docs/manual/reference/error-codes/ */
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;

/** A small collection: FerretDB reads the whole of it to count. One document for each partition of the topic. */
const COUNT: Question = { database: "flights", command: { count: "flights_positions" } };
const PARTITIONS = devEnvironment().kafka.topics["flights"]?.partitions;

describe("flights in the document store", () => {
  it("are those of the CSV file, each once", async () => {
    const { documents } = await counts();
    assert.deepEqual(documents, { documents: flightsTruth().rows, checksum: flightsTruth().checksum });
  });

  it("stay as they are where the loader runs again", async () => {
    await startAgain("documents-loader", "documents-loader-again");
    await finished("documents-loader-again", LIMIT_SECONDS);
    const { documents } = await counts();
    assert.equal(documents?.documents, flightsTruth().rows);
  });
});

describe("the document store", () => {
  let door: DocumentDoor;
  let right: Claim;
  before(async () => {
    const secret = await secretOf(LOADER.namespace, LOADER.secret);
    door = await DocumentDoor.open(secret["ca.crt"] ?? "");
    right = { username: secret["username"] ?? "", password: secret["password"] ?? "", authSource: "flights" };
  });
  after(() => door.close());

  const answer = async (claim: Claim, question: Question): Promise<Answer | undefined> =>
    (await door.ask([claim, question]))[0];

  it("answers an application in its own database", async () => {
    const found = await answer(right, COUNT);
    assert.ok(found !== undefined && "ok" in found, JSON.stringify(found));
    assert.equal(found.ok["n"], PARTITIONS);
  });

  const refused: [string, (right: Claim) => Claim, Question, number | "unreachable"][] = [
    ["who has not logged in", () => ({}), COUNT, UNAUTHORIZED],
    ["a wrong password", (own) => ({ ...own, password: "wrong" }), COUNT, AUTHENTICATION_FAILED],
    ["an unknown user", (own) => ({ ...own, username: "nobody" }), COUNT, AUTHENTICATION_FAILED],
    ["a user of another database", (own) => ({ ...own, authSource: "admin" }), COUNT, AUTHENTICATION_FAILED],
    ["who does not speak TLS", (own) => ({ ...own, tls: false }), COUNT, "unreachable"],
    ["an application elsewhere", (own) => own, { database: "other", command: { count: "flights" } }, UNAUTHORIZED],
    [
      "an application that writes elsewhere",
      (own) => own,
      { database: "other", command: { insert: "flights", documents: [{ _id: 1 }] } },
      UNAUTHORIZED,
    ],
    [
      "an application that reads others' passwords",
      (own) => own,
      { database: "admin", command: { find: "system.users" } },
      UNAUTHORIZED,
    ],
    [
      "an application that makes a user",
      (own) => own,
      { database: "flights", command: { createUser: "mallory", pwd: "secret", roles: [] } },
      UNAUTHORIZED,
    ],
    [
      "an application that gives another one a password",
      (own) => own,
      { database: "flights", command: { updateUser: "documents-counter", pwd: "secret" } },
      UNAUTHORIZED,
    ],
  ];
  for (const [who, claim, question, error] of refused)
    it(`refuses ${who}`, async () => assert.deepEqual(await answer(claim(right), question), { error }));

  it("is back by itself after its pod was killed, with all that it held", async () => {
    const { items } = await get("pods", "-n", "platform-data", "-l", "app.kubernetes.io/name=mongodb");
    await kubectl("delete", "pod", "-n", "platform-data", items[0]?.metadata.name ?? "", "--grace-period=0", "--force");
    await kubectl("rollout", "status", "deployment/mongodb", "-n", "platform-data", "--timeout=2m");
    door.close();
    const secret = await secretOf(LOADER.namespace, LOADER.secret);
    door = await DocumentDoor.open(secret["ca.crt"] ?? "");
    const found = await eventually("an answer", 60, async () => {
      const back = await answer(right, COUNT);
      return back !== undefined && "ok" in back ? back.ok["n"] : undefined;
    });
    assert.equal(found, PARTITIONS);
  });
});
