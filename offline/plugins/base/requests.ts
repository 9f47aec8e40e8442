import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Engine } from "./engine";
import type { ChangeKind, CheckRequest, CheckResult, DiffRequest, DiffResult, ResourceRequest } from "./plugin";
import { fromStruct, toStruct } from "./values";

/** What a request gets from the server: where to log to and when to stop. */
interface Surroundings {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** `urn:pulumi:stack::project::parent$type::name`; a name may hold `::` itself. */
function parseUrn(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

export function toResourceRequest(urn: string, { engine, signal }: Surroundings): ResourceRequest {
  return { urn, ...parseUrn(urn), log: engine.logFor(urn), signal };
}

export function toCheckRequest(request: proto.CheckRequest, around: Surroundings): CheckRequest {
  const autonaming = request.getAutonaming();
  const modes = proto.CheckRequest.AutonamingOptions.Mode;
  const mode = autonaming?.getMode();
  return {
    ...toResourceRequest(request.getUrn(), around),
    olds: fromStruct(request.getOlds()),
    news: fromStruct(request.getNews()),
    seed: request.getRandomseed_asU8(),
    ...(autonaming !== undefined && {
      autonaming: {
        name: autonaming.getProposedName(),
        mode: mode === modes.DISABLE ? "disable" : mode === modes.ENFORCE ? "enforce" : "propose",
      },
    }),
  };
}

export function fromCheckResult(result: CheckResult): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(toStruct(result.inputs));
  for (const { property, reason } of result.failures ?? []) {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

export function toDiffRequest(request: proto.DiffRequest, around: Surroundings): DiffRequest {
  return {
    ...toResourceRequest(request.getUrn(), around),
    id: request.getId(),
    olds: fromStruct(request.getOlds()),
    oldInputs: fromStruct(request.getOldInputs()),
    news: fromStruct(request.getNews()),
    ignoreChanges: request.getIgnorechangesList(),
  };
}

const kinds: Record<ChangeKind, proto.PropertyDiff.Kind> = {
  add: proto.PropertyDiff.Kind.ADD,
  "add-replace": proto.PropertyDiff.Kind.ADD_REPLACE,
  delete: proto.PropertyDiff.Kind.DELETE,
  "delete-replace": proto.PropertyDiff.Kind.DELETE_REPLACE,
  update: proto.PropertyDiff.Kind.UPDATE,
  "update-replace": proto.PropertyDiff.Kind.UPDATE_REPLACE,
};

export function fromDiffResult(result: DiffResult): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const changes = Object.entries(result.changes);
  response.setChanges(
    changes.length > 0 ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
  );
  for (const [path, kind] of changes) {
    const property = new proto.PropertyDiff();
    property.setKind(kinds[kind]);
    property.setInputdiff(true);
    response.getDetaileddiffMap().set(path, property);
  }
  const topLevel = (paths: readonly string[]) => [...new Set(paths.map((path) => path.split(/[.[]/, 1)[0] ?? path))];
  response.setDiffsList(topLevel(changes.map(([path]) => path)));
  response.setReplacesList(topLevel(changes.filter(([, kind]) => kind.endsWith("-replace")).map(([path]) => path)));
  response.setHasdetaileddiff(changes.length > 0);
  response.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
  return response;
}
