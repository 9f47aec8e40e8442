export { type Access, type Acl, aclsOf } from "./access";
export * from "./kafka-cluster";
export { serverProperties } from "./server-properties";
export { strimziKafka, strimziNodePools, strimziTokenLogin, strimziTopic, strimziUser } from "./strimzi-manifests";
export { type Topic, topicSettings } from "./topics";
