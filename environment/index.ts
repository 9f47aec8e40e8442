export { definition } from "./definition";
export type { Environment, EnvironmentOf } from "./environment";
export { type Flow, flowsOf, type Party } from "./flows";
export { bytes, millicores, milliseconds } from "./quantities";
export type { Definition, DefinitionInput } from "./schema/definition";
export { SERVICE_NAMES, type ServiceName } from "./schema/services";
export { LAYERS, SECRET_SETTINGS, TARGETS, type Target } from "./schema/stack-config";
