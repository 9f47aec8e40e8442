import assert from "node:assert/strict";
import { goneObjects } from "../../scripts/lib/gone-objects";
import type { StateResource } from "../../scripts/lib/stack-state";

const resource = (type: string, id: string): StateResource => ({
  urn: `urn:pulumi:dev::platform::${type}::${id}`,
  type,
  id,
});
const SECRET = resource("kubernetes:core/v1:Secret", "data/login");
const ROUTE = resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "data/page");
const NAMESPACE = resource("kubernetes:core/v1:Namespace", "data");
const OBJECTS = [SECRET, ROUTE, NAMESPACE];
const LINES = {
  secret: "v1   Secret   data   login",
  route: "gateway.networking.k8s.io/v1beta1   HTTPRoute   data   page",
  namespace: "v1   Namespace   <none>   data",
};

/** A cluster that lists these lines and knows none of the kinds in `unknown`. */
function cluster(lines: readonly string[], unknown: readonly string[] = []) {
  const asked: string[] = [];
  const kubectl = async ([, kinds = ""]: readonly string[]) => {
    asked.push(kinds);
    const first = unknown.find((kind) => kinds.split(",").some((asks) => asks.startsWith(kind)));
    if (first !== undefined) throw new Error(`error: the server doesn't have a resource type "${first}"`);
    return lines.join("\n");
  };
  return { asked, kubectl };
}

describe("objects that somebody deleted", () => {
  it("are those of the state that the cluster does not list, in whatever version it does", async () => {
    const { asked, kubectl } = cluster([LINES.route, LINES.namespace]);
    assert.deepEqual(await goneObjects(kubectl, "dev", OBJECTS), [SECRET]);
    assert.deepEqual(asked, ["Secret,HTTPRoute.gateway.networking.k8s.io,Namespace"]);
  });

  it("are none where all are there, whatever else the stack has", async () => {
    const others = [
      resource("pulumi:pulumi:Stack", ""),
      resource("random:index/randomPassword:RandomPassword", "none"),
    ];
    const { kubectl } = cluster(Object.values(LINES));
    assert.deepEqual(await goneObjects(kubectl, "dev", [...OBJECTS, ...others]), []);
  });

  it("are not those that the next update deletes", async () => {
    const { kubectl } = cluster([LINES.route, LINES.namespace]);
    assert.deepEqual(await goneObjects(kubectl, "dev", [{ ...SECRET, delete: true }, ROUTE, NAMESPACE]), []);
  });

  it("are all of a kind that the server no longer knows", async () => {
    const { asked, kubectl } = cluster([LINES.secret, LINES.namespace], ["HTTPRoute"]);
    assert.deepEqual(await goneObjects(kubectl, "dev", OBJECTS), [ROUTE]);
    assert.equal(asked.length, 2);
  });

  it("are not guessed where kubectl fails", () =>
    assert.rejects(
      goneObjects(() => Promise.reject(new Error("connection refused")), "dev", OBJECTS),
      /connection refused/,
    ));
});
