import assert from "node:assert/strict";
import { eventually, get, kubectl } from "../../support/cli";
import { type Answer, type Claim, DocumentDoor, type Question, secretOf } from "../../support/documents";

const LOGIN = { namespace: "platform-spark-jobs", secret: "mongodb-flights-spark-job" };
/** Codes of MongoDB's own list: https://www.mongodb.com/docs/manual/reference/error-codes/ */
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;

const PUT: Question = { database: "flights", command: { insert: "tests", documents: [{ _id: 1 }, { _id: 2 }] } };
const COUNT: Question = { database: "flights", command: { count: "tests" } };
const DOCUMENTS = 2;

describe("the document store", () => {
  let door: DocumentDoor;
  let right: Claim;
  before(async () => {
    const secret = await secretOf(LOGIN.namespace, LOGIN.secret);
    door = await DocumentDoor.open(secret["ca.crt"] ?? "");
    right = { username: secret["username"] ?? "", password: secret["password"] ?? "", authSource: "flights" };
  });
  after(async () => {
    await answer(right, { database: "flights", command: { drop: "tests" } });
    door.close();
  });

  const answer = async (claim: Claim, question: Question): Promise<Answer | undefined> =>
    (await door.ask([claim, question]))[0];

  it("answers an application in its own database", async () => {
    await answer(right, PUT);
    const found = await answer(right, COUNT);
    assert.ok(found !== undefined && "ok" in found, JSON.stringify(found));
    assert.equal(found.ok["n"], DOCUMENTS);
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
      "an application that gives a user a password",
      (own) => own,
      { database: "flights", command: { updateUser: "spark-job", pwd: "secret" } },
      UNAUTHORIZED,
    ],
  ];
  for (const [who, claim, question, error] of refused)
    it(`refuses ${who}`, async () => assert.deepEqual(await answer(claim(right), question), { error }));

  it("is back by itself after its pod was killed, with all that it held", async () => {
    const { items } = await get("pods", "-n", "platform-data", "-l", "app.kubernetes.io/name=mongodb");
    await kubectl("delete", "pod", "-n", "platform-data", items[0]?.metadata.name ?? "", "--grace-period=0", "--force");
    await kubectl("rollout", "status", "deployment/mongodb", "-n", "platform-data", "--timeout=2m");
    const secret = await secretOf(LOGIN.namespace, LOGIN.secret);
    const found = await eventually("an answer", 60, async () => {
      door.close();
      door = await DocumentDoor.open(secret["ca.crt"] ?? "");
      const back = await answer(right, COUNT);
      return back !== undefined && "ok" in back ? back.ok["n"] : undefined;
    });
    assert.equal(found, DOCUMENTS);
  });
});
