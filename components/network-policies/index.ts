export * from "./network-policies";
export { type ClusterAddresses, policiesOf } from "./policies";
