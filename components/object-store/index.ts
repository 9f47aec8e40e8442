export { identitiesOf } from "./identities";
export * from "./object-store";
