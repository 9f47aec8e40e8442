import type {
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ReadRequest,
  ReadResult,
  ResourceHandler,
  UpdateRequest,
} from "../base/plugin";
import { hasUnknown, isMap, type PropertyMap, reveal } from "../base/values";
import { ruleFor } from "./await/rules";
import { checkInputs } from "./check";
import { holds, inputsAfterDrift } from "./drift";
import { isNotThere, toUserError, unlessForeseeable } from "./failures";
import { leaveIgnored } from "./ignored-fields";
import type { Kind } from "./kind";
import { inputsOfLive, toManifest } from "./manifest";
import { fieldManagerOf } from "./naming";
import { idOf, type KubeObject, nameOf, parseId } from "./object";
import { diffObject } from "./object-diff";
import { fieldManagerIn, outputsOf, outputsOfPreview } from "./outputs";
import { removeObject } from "./remove";
import { markByKind } from "./secrets";
import type { Session } from "./session";
import { judgeOnce, settle } from "./settle";
import { isToBeMadeAnew } from "./unready";
import { createPatiently, place, warnThrough } from "./write";

/** The life of objects of one kind. `session` is asked at each request, since handlers outlive a configuration. */
export function createHandler(kind: Kind, session: () => Session): ResourceHandler {
  return {
    check: (request) => checkInputs(kind, session(), request),
    diff: (request) => diff(kind, session(), request),
    create: (request) => create(kind, session(), request),
    read: (request) => read(kind, session(), request),
    update: (request) => update(kind, session(), request),
    delete: (request) => remove(kind, session(), request),
  };
}

async function diff(kind: Kind, session: Session, request: DiffRequest) {
  const { id, oldInputs, news } = request;
  const unready = await isToBeMadeAnew(kind, session, request);
  return diffObject({ kind, oldInputs, news, live: parseId(id), mutable: session.settings, unready });
}

async function create(kind: Kind, session: Session, request: CreateRequest) {
  const { inputs, preview, signal } = request;
  const fieldManager = fieldManagerOf(request.urn);
  if (preview && hasUnknown(inputs)) return { id: "", outputs: inputs };
  const manifest = toManifest(inputs);
  try {
    const rule = ruleFor(kind, manifest);
    const cluster = session.cluster();
    const options = { fieldManager, dryRun: preview, signal, warn: warnThrough(request, inputs) };
    if (preview) {
      const shown = await cluster.create(kind, await place(cluster, kind, manifest, signal), options);
      return { id: "", outputs: outputsOfPreview(outputsOf(shown, inputs, fieldManager), inputs) };
    }
    const made = await createPatiently(cluster, kind, manifest, options, request.log);
    const outputs = await settle({ ...request, cluster, kind, object: made, manifest, rule, inputs, fieldManager });
    return { id: idOf(made), outputs };
  } catch (thrown) {
    if (preview)
      return { id: "", outputs: await unlessForeseeable(thrown, session, inputs, request, "created", manifest) };
    throw toUserError(thrown, inputs, "created", manifest);
  }
}

async function read(kind: Kind, session: Session, request: ReadRequest): Promise<ReadResult | undefined> {
  const { id, inputs: oldInputs, signal } = request;
  const { name, namespace } = parseId(id);
  const fieldManager = fieldManagerIn(request.outputs) ?? fieldManagerOf(request.urn);
  const isImport = Object.keys(oldInputs).length === 0;
  let live: KubeObject;
  try {
    live = await session.cluster().get(kind, namespace ?? session.defaultNamespace, name, signal);
  } catch (thrown) {
    if (isNotThere(thrown, session.settings)) return undefined;
    throw toUserError(thrown, oldInputs, "read", {
      kind: kind.kind,
      metadata: { name, ...(namespace && { namespace }) },
    });
  }
  const inputs = isImport
    ? markByKind(inputsOfLive(live))
    : await inputsNow(kind, session, request, live, fieldManager);
  const result = {
    id: idOf(live),
    inputs,
    outputs: outputsOf(live, markByKind({ ...oldInputs, ...inputs }), fieldManager),
  };
  if (!isImport) await judgeOnce(kind, session.cluster(), live, result, signal);
  return result;
}

/** The old inputs, but for what has drifted. */
async function inputsNow(
  kind: Kind,
  session: Session,
  { inputs, signal }: ReadRequest,
  live: KubeObject,
  manager: string,
) {
  if (holds(inputs, live)) return inputs;
  const manifest = withIdentityOf(toManifest(inputs), live);
  const applied = await session
    .cluster()
    .dryApply(kind, manifest, manager, signal)
    .catch(() => manifest);
  return inputsAfterDrift(inputs, live, applied);
}

async function update(kind: Kind, session: Session, request: UpdateRequest): Promise<PropertyMap> {
  const { id, news, preview, signal } = request;
  if (preview && hasUnknown(news)) return news;
  const fieldManager = fieldManagerIn(request.olds) ?? fieldManagerOf(request.urn);
  const wanted = toManifest(news);
  try {
    const rule = ruleFor(kind, wanted);
    const cluster = session.cluster();
    const { name, namespace } = parseId(id);
    const found = await cluster.get(kind, namespace, name, signal);
    const live = preview ? found : await cluster.claim(kind, found, { fieldManager, signal });
    const manifest = leaveIgnored(withIdentityOf(wanted, live), live, request.ignoreChanges, fieldManager);
    const options = { fieldManager, dryRun: preview, signal, warn: warnThrough(request, news) };
    const applied = await cluster.apply(kind, manifest, options);
    if (preview) return outputsOf(applied, news, fieldManager);
    return await settle({ ...request, cluster, kind, object: applied, manifest, rule, inputs: news, fieldManager });
  } catch (thrown) {
    if (preview) return unlessForeseeable(thrown, session, news, request, "changed", wanted);
    throw toUserError(thrown, news, "changed", wanted);
  }
}

async function remove(kind: Kind, session: Session, request: DeleteRequest): Promise<void> {
  try {
    await removeObject(kind, session, request);
  } catch (thrown) {
    if (isNotThere(thrown, session.settings)) return;
    const metadata = reveal(request.oldInputs["metadata"] ?? null);
    throw toUserError(thrown, request.oldInputs, "deleted", {
      kind: kind.kind,
      metadata: isMap(metadata) ? { ...parseId(request.id) } : {},
    });
  }
}

/** A manifest for the object that is there: with the name it was given by `generateName`, and in its namespace. */
function withIdentityOf(manifest: KubeObject, live: KubeObject): KubeObject {
  const metadata = manifest["metadata"] as KubeObject | undefined;
  const { namespace } = (live["metadata"] ?? {}) as { namespace?: string };
  const { namespace: _, ...rest } = metadata ?? {};
  return { ...manifest, metadata: { ...rest, name: nameOf(live), ...(namespace !== undefined && { namespace }) } };
}
