export * from "./cloudnative-pg";
export { prepareManifest } from "./manifest";
