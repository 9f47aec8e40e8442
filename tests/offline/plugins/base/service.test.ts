import assert from "node:assert/strict";
import { promisify } from "node:util";
import { credentials, type Metadata, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Engine } from "../../../../offline/plugins/base/engine";
import { InitFailed, type Plugin, type ResourceHandler } from "../../../../offline/plugins/base/plugin";
import { createService } from "../../../../offline/plugins/base/service";
import { fromStruct, Secret, toStruct, UNKNOWN } from "../../../../offline/plugins/base/values";

const THING = "urn:pulumi:dev::project::a:b:Parent$test:index/thing:Thing::my::thing";
const OTHER = "urn:pulumi:dev::project::test:index/other:Other::x";

const thing: ResourceHandler = {
  check: ({ news, name }) => ({ inputs: { ...news, name }, failures: [{ property: "size", reason: "too big" }] }),
  diff: ({ news }) => ({
    changes: { size: "update-replace", "tags.a": "add" },
    deleteBeforeReplace: news["first"] === true,
  }),
  create: async ({ inputs, preview }) => {
    if (inputs["broken"] === true) {
      throw new InitFailed({ id: "broken", inputs, outputs: { password: new Secret("p") } }, ["not ready", "no image"]);
    }
    return { id: preview ? "" : "made", outputs: { ...inputs, password: new Secret("p"), later: UNKNOWN } };
  },
  read: async ({ id, inputs }) => (id === "gone" ? undefined : { id, inputs, outputs: { a: 1 } }),
  delete: ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled")))),
};
const plugin: Plugin = {
  name: "test",
  version: "1.2.3",
  resource: (type) => (type === "test:index/thing:Thing" ? thing : undefined),
};

describe("the plugin service", () => {
  const server = new Server();
  let client: ResourceProviderClient;

  before(async () => {
    server.addService(ResourceProviderService, createService(plugin, new Engine(), new AbortController()));
    const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", ServerCredentials.createInsecure());
    client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  after(() => {
    client.close();
    server.forceShutdown();
  });

  type Reply<Response> = (error: ServiceError | null, response: Response) => void;
  const call = <Response>(send: (reply: Reply<Response>) => unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      send((error, response) => (error === null ? resolve(response) : reject(error)));
    });
  const create = (urn: string, inputs: Parameters<typeof toStruct>[0]) => {
    const request = new proto.CreateRequest();
    request.setUrn(urn);
    request.setProperties(toStruct(inputs));
    return call<proto.CreateResponse>((reply) => client.create(request, reply));
  };

  it("takes secrets, and has outputs and resources unwrapped by the engine", async () => {
    const request = new proto.ProviderHandshakeRequest();
    request.setEngineAddress("127.0.0.1:1");
    const response = await call<proto.ProviderHandshakeResponse>((reply) => client.handshake(request, reply));
    assert.equal(response.getAcceptSecrets(), true);
    assert.equal(response.getAcceptOutputs(), false);
    assert.equal(response.getAcceptResources(), false);
  });

  it("finds a resource's type and name in its URN, and reports what is wrong with inputs", async () => {
    const request = new proto.CheckRequest();
    request.setUrn(THING);
    request.setNews(toStruct({ size: 9 }));
    const response = await call<proto.CheckResponse>((reply) => client.check(request, reply));
    assert.deepEqual(fromStruct(response.getInputs()), { size: 9, name: "my::thing" });
    assert.deepEqual(
      response.getFailuresList().map((failure) => failure.toObject()),
      [{ property: "size", reason: "too big" }],
    );
  });

  it("says by path what changes and what that replaces", async () => {
    const request = new proto.DiffRequest();
    request.setUrn(THING);
    request.setNews(toStruct({ first: true }));
    const response = await call<proto.DiffResponse>((reply) => client.diff(request, reply));
    assert.equal(response.getChanges(), proto.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(response.getReplacesList(), ["size"]);
    assert.deepEqual(response.getDiffsList(), ["size", "tags"]);
    assert.equal(response.getDeletebeforereplace(), true);
    assert.equal(response.getDetaileddiffMap().get("tags.a")?.getKind(), proto.PropertyDiff.Kind.ADD);
  });

  it("keeps secrets and unknowns of outputs", async () => {
    const response = await create(THING, { a: new Secret(1) });
    assert.equal(response.getId(), "made");
    assert.deepEqual(fromStruct(response.getProperties()), {
      a: new Secret(1),
      password: new Secret("p"),
      later: UNKNOWN,
    });
  });

  it("hands over what is there of an object that did not get ready", async () => {
    const error = await create(THING, { broken: true }).then(() => assert.fail("must fail"), asServiceError);
    const [rich] = error.metadata.get("grpc-status-details-bin");
    const detail = Status.deserializeBinary(rich as Buffer).getDetailsList()[0];
    assert.equal(detail?.getTypeName(), "pulumirpc.ErrorResourceInitFailed");
    const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
    assert.equal(failed.getId(), "broken");
    assert.deepEqual(failed.getReasonsList(), ["not ready", "no image"]);
    assert.deepEqual(fromStruct(failed.getProperties()), { password: new Secret("p") });
    assert.deepEqual(fromStruct(failed.getInputs()), { broken: true });
  });

  it("answers nothing for an object that is gone", async () => {
    const request = new proto.ReadRequest();
    request.setUrn(THING);
    request.setId("gone");
    assert.equal((await call<proto.ReadResponse>((reply) => client.read(request, reply))).getId(), "");
    request.setId("there");
    assert.equal((await call<proto.ReadResponse>((reply) => client.read(request, reply))).getId(), "there");
  });

  it("refuses what it does not have, naming it", async () => {
    const unknownType = await create(OTHER, {}).then(() => assert.fail("must fail"), asServiceError);
    assert.equal(unknownType.code, status.UNIMPLEMENTED);
    assert.match(unknownType.details, /test:index\/other:Other/);
    const invoke = call((reply) => client.invoke(new proto.InvokeRequest(), reply));
    assert.equal((await invoke.then(() => assert.fail("must fail"), asServiceError)).code, status.UNIMPLEMENTED);
    const update = new proto.UpdateRequest();
    update.setUrn(THING);
    await assert.rejects(call((reply) => client.update(update, reply)));
  });

  it("stops what is under way when the engine cancels", async () => {
    const request = new proto.DeleteRequest();
    request.setUrn(THING);
    const deletion = call((reply) => client.delete(request, reply)).then(
      () => assert.fail("must fail"),
      asServiceError,
    );
    await call((reply) => client.cancel(new Empty(), reply));
    assert.match((await deletion).details, /cancelled/);
  });
});

function asServiceError(thrown: unknown): { code: number; details: string; metadata: Metadata } {
  return thrown as ServiceError;
}
