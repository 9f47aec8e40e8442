export * from "./platform-gateway";
