export { aclFile, serverConfig } from "./config";
export * from "./valkey-broker";
