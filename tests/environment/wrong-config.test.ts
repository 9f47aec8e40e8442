import assert from "node:assert/strict";
import type { Target } from "../../environment";
import { type Edits, inBrief, problemsOf } from "./samples";

/** Title, edits to the target's configuration, and every problem that must be reported. */
type Case = readonly [title: string, edits: Edits, ...problems: string[]];

const CASES: Readonly<Record<Target, readonly Case[]>> = {
  dev: [
    ["no target", { target: undefined }, "missing target"],
    ["a target that does not exist", { target: "onprme" }, "choice target > onprem"],
    ["an unknown setting", { kubecontext: "kind-x" }, "unknown-key kubecontext > kubeContext"],
    ["a setting of another target", { region: "eu-central-1" }, "unknown-key region"],
    ["no domain", { domain: undefined }, "missing domain"],
    ["a domain with scheme and path", { domain: "https://data.example.com/x" }, "format domain > data.example.com"],
    ["a domain with a port", { domain: "data.example.com:8443" }, "format domain > data.example.com"],
    ["an address for a domain", { domain: "10.0.0.1" }, "format domain"],
    ["a domain in capitals", { domain: "Data.Example.com" }, "format domain > data.example.com"],
    [
      "a domain so long that host names are too long",
      { domain: Array(4).fill("d".repeat(60)).concat("dd").join(".") },
      "name hosts.airflow.label",
      "name hosts.grafana.label",
    ],
    ["a port as text", { gatewayPort: "https" }, "type gatewayPort"],
    ["an unknown layer", { layers: ["fundation"] }, "choice layers[0] > foundation"],
    ["the platform without foundation", { layers: ["platform"] }, "choice layers"],
    ["layers in the wrong order", { layers: ["platform", "foundation"] }, "choice layers"],
    ["no layer", { layers: [] }, "choice layers"],
    ["a time-out without unit", { clusterTimeout: "1200" }, "unit clusterTimeout"],
    ["an override that does not exist", { "kafka/topics": {} }, "unknown-key kafka.topics"],
    [
      "more copies than this target's brokers",
      { "kafka/replicationFactor": 3 },
      "replication kafka.replicationFactor > 1",
    ],
    [
      "an override of a queue that does not exist",
      { "airflow/queues/sprak/concurrency": 2 },
      "missing airflow.queues.sprak.minWorkers",
      "missing airflow.queues.sprak.maxWorkers",
      "missing airflow.queues.sprak.resources",
    ],
    [
      "a person in a group that does not exist",
      { "realm/people/ada/groups": ["admins"] },
      "reference realm.people.ada.groups[0] > admin",
    ],
    ["a person in no group", { "realm/people/ada/groups": [] }, "range realm.people.ada.groups"],
    ["a person without e-mail address", { "realm/people/ada/email": "ada" }, "format realm.people.ada.email"],
    [
      "two people of one e-mail address",
      { "realm/people/grace/email": "Ada@localhost" },
      "duplicate realm.people.grace.email",
    ],
    ["a version in full", { "versions/kubernetes": "v1.36.3" }, "format versions.kubernetes"],
    ["a secret in plain text", { proxmoxToken: "root@pam!x=1" }, "secret proxmoxToken"],
  ],
  onprem: [
    ["Kafka off", { "services/kafka": false }, "dependency services.kafka"],
    [
      "PostgreSQL off",
      { "services/postgres": false },
      "dependency services.postgres",
      "dependency services.postgres",
      "dependency services.postgres",
      "dependency services.postgres",
    ],
    ["the broker of Celery off", { "services/valkey": false }, "dependency services.valkey"],
    [
      "the object store off",
      { "services/objectStore": false },
      "dependency services.objectStore",
      "dependency services.objectStore",
      "dependency services.objectStore",
      "dependency services.objectStore",
    ],
    ["Keycloak off", { "services/keycloak": false }, "dependency services.keycloak", "dependency services.keycloak"],
    [
      "the gateway off",
      { "services/gateway": false },
      "dependency services.gateway",
      "dependency services.gateway",
      "dependency services.gateway",
      "dependency services.gateway",
    ],
    ["what scales workers off", { "services/keda": false }, "dependency services.keda"],
    ["the document store off", { "services/mongodb": false }, "dependency services.mongodb"],
    [
      "backups into a store that is off, with all that uses it",
      { "services/objectStore": false, "services/airflow": false, "services/spark": false },
      "dependency services.objectStore",
      "dependency services.objectStore",
    ],
    ["no machines", { nodes: undefined }, "missing nodes"],
    ["two control nodes", { "nodes/control-3": undefined }, "quorum nodes > 3 control nodes"],
    ["one load balancer", { "nodes/balancer-2": undefined }, "range nodes"],
    [
      "no worker",
      { "nodes/worker-1": undefined, "nodes/worker-2": undefined, "nodes/worker-3": undefined },
      "range nodes",
    ],
    ["a role that does not exist", { "nodes/worker-1/role": "wroker" }, "choice nodes.worker-1.role > worker"],
    ["an address that is none", { "nodes/worker-1/address": "10.20.0.256" }, "format nodes.worker-1.address"],
    ["an address outside the network", { "nodes/worker-1/address": "10.20.1.31" }, "outside nodes.worker-1.address"],
    ["the network's own address", { "nodes/worker-1/address": "10.20.0.0" }, "outside nodes.worker-1.address"],
    ["the broadcast address", { "nodes/worker-1/address": "10.20.0.255" }, "outside nodes.worker-1.address"],
    ["two machines of one address", { "nodes/worker-2/address": "10.20.0.31" }, "duplicate nodes.worker-2.address"],
    [
      "the virtual address of a machine",
      { "network/virtualAddress": "10.20.0.21" },
      "duplicate network.virtualAddress",
    ],
    [
      "the virtual address outside the network",
      { "network/virtualAddress": "10.21.0.10" },
      "outside network.virtualAddress",
    ],
    [
      "a machine with the router's address",
      { "nodes/worker-1/address": "10.20.0.1" },
      "duplicate nodes.worker-1.address",
    ],
    ["bits beyond the prefix", { "network/pods": "10.244.0.1/16" }, "format network.pods > 10.244.0.0/16"],
    ["a network without prefix", { "network/pods": "10.244.0.0" }, "format network.pods"],
    ["pods among the machines", { "network/pods": "10.20.0.0/16" }, "overlap network.pods"],
    ["services among the pods", { "network/services": "10.244.128.0/20" }, "overlap network.services"],
    ["two machines of one number", { "nodes/worker-2/vmId": 2031 }, "duplicate nodes.worker-2.vmId"],
    ["a number that Proxmox VE refuses", { "nodes/worker-2/vmId": 99 }, "range nodes.worker-2.vmId"],
    ["a host that does not exist", { "nodes/worker-1/host": "pve4" }, "reference nodes.worker-1.host > pve1"],
    ["two control nodes on one host", { "nodes/control-2/host": "pve1" }, "placement nodes.control-2.host"],
    ["two load balancers on one host", { "nodes/balancer-2/host": "pve1" }, "placement nodes.balancer-2.host"],
    ["too little memory for a control node", { "nodes/control-1/memory": "1Gi" }, "range nodes.control-1.memory > 2Gi"],
    [
      "a machine whose name is none",
      {
        "nodes/worker_4": {
          role: "worker",
          host: "pve1",
          address: "10.20.0.34",
          vmId: 2034,
          cores: 1,
          memory: "4Gi",
          systemDisk: "20Gi",
        },
      },
      "name nodes.worker_4 > worker-4",
    ],
    ["an API without TLS", { "proxmox/endpoint": "http://pve:8006" }, "format proxmox.endpoint"],
    [
      "an API with a password in its address",
      { "proxmox/endpoint": "https://root:secret@pve:8006" },
      "format proxmox.endpoint",
    ],
    ["a registry with a scheme", { imageRegistry: "https://images.example.internal" }, "format imageRegistry"],
  ],
  aws: [
    ["a region that is none", { region: "frankfurt" }, "format region"],
    [
      "a zone of another region",
      { "availabilityZones/1": "eu-west-1b" },
      "outside availabilityZones[1] > eu-central-1b",
    ],
    ["a zone twice", { "availabilityZones/1": "eu-central-1a" }, "duplicate availabilityZones[1]"],
    ["a single zone", { availabilityZones: ["eu-central-1a"] }, "range availabilityZones"],
    ["a VPC too large", { "network/vpc": "10.0.0.0/8" }, "range network.vpc"],
    ["services within the VPC", { "network/services": "10.40.0.0/20" }, "overlap network.services"],
    ["more nodes at least than at most", { "nodeGroups/general/min": 12 }, "order nodeGroups.general.min"],
    [
      "an instance type that is none",
      { "nodeGroups/general/instanceType": "large" },
      "format nodeGroups.general.instanceType",
    ],
    ["a database class without db.", { databaseClass: "m7g.large" }, "format databaseClass"],
    ["a node type without cache.", { cacheType: "t4g.small" }, "format cacheType"],
    ["a prefix of 41 characters", { bucketPrefix: "p".repeat(41) }, "name bucketPrefix"],
    ["a prefix in capitals", { bucketPrefix: "Example" }, "name bucketPrefix"],
    ["machines of another target", { nodes: {} }, "unknown-key nodes"],
  ],
};

describe("a wrong configuration is refused", () => {
  for (const [target, cases] of Object.entries(CASES) as [Target, readonly Case[]][]) {
    describe(target, () => {
      for (const [title, edits, ...expected] of cases) {
        it(title, () => {
          const problems = problemsOf(target, { config: edits });
          assert.deepEqual(problems.map(inBrief), expected);
        });
      }
    });
  }
});
