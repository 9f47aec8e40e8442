import assert from "node:assert/strict";
import { startProgram } from "../../scripts/lib/start-program";
import { stackConfig } from "../support/stack-config";

describe("the program on mocks, as make up tries it before it touches anything", () => {
  it("says how much it registers", async () => {
    const { code, stdout, stderr } = await startProgram(stackConfig("dev"));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d{3} resources$/m);
  });

  it("tells what a component refuses, which the environment takes, without a stack", async () => {
    const small = { "platform:keycloak": { replicas: 1, resources: { cpu: "50m", memory: "128Mi" } } };
    const { code, stderr } = await startProgram({ ...stackConfig("dev"), ...small });
    assert.equal(code, 1);
    assert.match(stderr, /^KeycloakRealm "[^"]+": resources\.memory /m);
    assert.doesNotMatch(stderr, /^ +at /m);
  });
});
