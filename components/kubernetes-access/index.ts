export * from "./kubernetes-access";
