import type { handleUnaryCall } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { changesBetween, formatPath } from "./diff";
import type { Engine } from "./engine";
import { toServiceError, Unsupported } from "./failure";
import type { DiffRequest, DiffResult, Plugin, ResourceHandler } from "./plugin";
import { fromCheckResult, fromDiffResult, toCheckRequest, toDiffRequest, toResourceRequest } from "./requests";
import { fromStruct, toStruct } from "./values";

/** The whole `pulumirpc.ResourceProvider` for one plugin. `stopping` is aborted when the engine cancels. */
export function createService(plugin: Plugin, engine: Engine, stopping: AbortController): IResourceProviderServer {
  const around = { engine, signal: stopping.signal };
  const handlerOf = (type: string): ResourceHandler => {
    const handler = plugin.resource(type);
    if (handler === undefined) throw new Unsupported(`plugin ${plugin.name} ${plugin.version} has no resource ${type}`);
    return handler;
  };
  const unsupported = unary((): never => {
    throw new Unsupported(`functions of package ${plugin.name} are not supported in the closed network`);
  });
  const features = { secrets: true, resources: false, outputs: false, autonaming: true };

  return {
    handshake: unary((request: proto.ProviderHandshakeRequest) => {
      engine.connect(request.getEngineAddress());
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(features.secrets);
      response.setAcceptResources(features.resources);
      response.setAcceptOutputs(features.outputs);
      response.setSupportsAutonamingConfiguration(features.autonaming);
      return response;
    }),
    attach: unary((request: { getAddress(): string }) => {
      engine.connect(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(plugin.version);
      return info;
    }),
    cancel: unary(() => {
      stopping.abort();
      return new Empty();
    }),
    getSchema: unary(() => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: plugin.name, version: plugin.version }));
      return response;
    }),
    checkConfig: unary(async (request: proto.CheckRequest) => {
      const check = toCheckRequest(request, around);
      return fromCheckResult((await plugin.checkConfig?.(check)) ?? { inputs: check.news });
    }),
    diffConfig: unary(async (request: proto.DiffRequest) => {
      const diff = toDiffRequest(request, around);
      return fromDiffResult(await (plugin.diffConfig ?? updateInPlace)(diff));
    }),
    configure: unary(async (request: proto.ConfigureRequest) => {
      await plugin.configure?.(fromStruct(request.getArgs()), engine.logFor(request.getUrn() ?? ""));
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(features.secrets);
      response.setSupportspreview(true);
      response.setAcceptresources(features.resources);
      response.setAcceptoutputs(features.outputs);
      response.setSupportsAutonamingConfiguration(features.autonaming);
      return response;
    }),
    check: unary(async (request: proto.CheckRequest) => {
      const check = toCheckRequest(request, around);
      return fromCheckResult((await handlerOf(check.type).check?.(check)) ?? { inputs: check.news });
    }),
    diff: unary(async (request: proto.DiffRequest) => {
      const diff = toDiffRequest(request, around);
      return fromDiffResult(await handlerOf(diff.type).diff(diff));
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const resource = toResourceRequest(request.getUrn(), around);
      const { id, outputs } = await handlerOf(resource.type).create({
        ...resource,
        inputs: fromStruct(request.getProperties()),
        preview: request.getPreview(),
        timeoutSeconds: request.getTimeout(),
      });
      const response = new proto.CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(outputs));
      return response;
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const resource = toResourceRequest(request.getUrn(), around);
      const found = await handlerOf(resource.type).read({
        ...resource,
        id: request.getId(),
        outputs: fromStruct(request.getProperties()),
        inputs: fromStruct(request.getInputs()),
        timeoutSeconds: request.getTimeout(),
      });
      const response = new proto.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(toStruct(found.outputs));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const resource = toResourceRequest(request.getUrn(), around);
      const handler = handlerOf(resource.type);
      if (handler.update === undefined) throw new Error(`${resource.type} cannot be updated in place, only replaced`);
      const outputs = await handler.update({
        ...resource,
        id: request.getId(),
        olds: fromStruct(request.getOlds()),
        oldInputs: fromStruct(request.getOldInputs()),
        news: fromStruct(request.getNews()),
        preview: request.getPreview(),
        ignoreChanges: request.getIgnorechangesList(),
        timeoutSeconds: request.getTimeout(),
      });
      const response = new proto.UpdateResponse();
      response.setProperties(toStruct(outputs));
      return response;
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      const resource = toResourceRequest(request.getUrn(), around);
      await handlerOf(resource.type).delete({
        ...resource,
        id: request.getId(),
        outputs: fromStruct(request.getProperties()),
        oldInputs: fromStruct(request.getOldInputs()),
        timeoutSeconds: request.getTimeout(),
      });
      return new Empty();
    }),
    invoke: unsupported,
    call: unsupported,
    construct: unsupported,
    parameterize: unsupported,
    list: (call) => {
      call.emit("error", toServiceError(new Unsupported(`package ${plugin.name} cannot list resources`)));
    },
    getMapping: unary(() => new proto.GetMappingResponse()),
    getMappings: unary(() => new proto.GetMappingsResponse()),
  };
}

function updateInPlace({ oldInputs, news }: DiffRequest): DiffResult {
  return {
    changes: Object.fromEntries(changesBetween(oldInputs, news).map(({ path, kind }) => [formatPath(path), kind])),
  };
}

/** A gRPC handler from a function of the request; what it throws becomes a gRPC error. */
function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(toServiceError(thrown)),
      );
  };
}
