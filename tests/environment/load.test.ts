import assert from "node:assert/strict";
import { bytes, definition, type Environment, loadEnvironment, SERVICE_NAMES, TARGETS } from "../../environment";
import { isMapping } from "../../environment/plain";
import { committed, edited, everythingOn, inBrief, problemsOf } from "./samples";

function loaded(whole: unknown, config: unknown): Environment {
  const result = loadEnvironment(whole, config);
  assert.ok(result.ok, result.ok ? "" : result.problems.map(inBrief).join("\n"));
  return result.environment;
}

describe("loading an environment", () => {
  for (const target of TARGETS) {
    it(`the definition loads on ${target} as it is committed`, () => {
      assert.equal(loaded(definition, committed(target)).target, target);
    });

    it(`every service can be switched on together on ${target}`, () => {
      const { services } = loaded(everythingOn, committed(target));
      assert.ok(SERVICE_NAMES.every((service) => services[service]));
    });
  }

  it("every service can be switched off, if all that needs it is off too", () => {
    const allOff = Object.fromEntries(SERVICE_NAMES.map((service) => [`services/${service}`, false]));
    loaded(definition, edited(committed("dev"), allOff));
  });

  it("what is switched off keeps its data's declaration", () => {
    const off = edited(committed("dev"), { "services/pipelines": false });
    assert.ok(Object.hasOwn(loaded(definition, off).postgres.databases, "warehouse"));
  });

  it("a target's values are laid over the definition's, field by field", () => {
    const { kafka } = loaded(definition, edited(committed("dev"), { "kafka/resources": { memory: "3Gi" } }));
    assert.equal(kafka.brokers, 1);
    assert.equal(kafka.resources.memory, "3Gi");
    assert.equal(kafka.resources.cpu, definition.kafka.resources.cpu);
    assert.equal(kafka.segment, definition.kafka.segment);
  });

  it("topics get the cluster's replication unless they state their own", () => {
    const own = edited(definition, { "kafka/topics/flights-dead-letter/replicationFactor": 2 });
    const { topics } = loaded(own, committed("aws")).kafka;
    assert.equal(topics["flights"]?.replicationFactor, 3);
    assert.equal(topics["flights"]?.minInsyncReplicas, 2);
    assert.equal(topics["flights-dead-letter"]?.replicationFactor, 2);
  });

  it("host names and redirect URIs get the target's domain and port", () => {
    const dev = loaded(definition, edited(committed("dev"), { domain: "localhost", gatewayPort: 8443 }));
    assert.equal(dev.hosts["airflow"]?.url, "https://airflow.localhost:8443");
    const aws = loaded(definition, edited(committed("aws"), { domain: "example.com" }));
    assert.deepEqual(aws.realm.clients["airflow"]?.redirectUris, [
      "https://airflow.example.com/auth/oauth-authorized/keycloak",
    ]);
  });

  it("data is protected by default everywhere but in dev", () => {
    assert.deepEqual(
      TARGETS.map((target) => loaded(definition, committed(target)).protect),
      [false, true, true],
    );
  });

  it("the result is frozen to its leaves and shares nothing with the inputs", () => {
    const config = committed("onprem");
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      assert.ok(Object.isFrozen(value));
      Object.values(value).forEach(visit);
    };
    visit(loaded(definition, config));
    assert.ok(!Object.isFrozen(config) && !Object.isFrozen(definition.kafka.topics));
  });

  it("the data layer of dev fits into 4 GiB", () => {
    const { postgres, kafka, valkey, objectStore } = loaded(definition, committed("dev"));
    const memory = [
      bytes(postgres.resources.memory) * postgres.instances,
      bytes(kafka.resources.memory) * (kafka.brokers + kafka.controllers),
      bytes(valkey.resources.memory) * valkey.replicas,
      bytes(objectStore.resources.memory),
    ];
    assert.ok(memory.reduce((sum, each) => sum + each, 0) < bytes("4Gi"));
  });
});

describe("all problems at once", () => {
  it("those of shape, of the target, and of several values together", () => {
    const problems = problemsOf("onprem", {
      definition: {
        "kafka/topics/flights/partitions": "6",
        "kafka/users/flights-loader/consume": ["fligths"],
        "valkey/colour": "red",
        "realm/clients/grafana/redirectUris": [],
      },
      config: {
        domain: undefined,
        "nodes/control-3": undefined,
        "network/pods": "10.20.0.0/16",
      },
    });
    assert.deepEqual(
      problems.map(({ source, ...problem }) => `${source}: ${inBrief(problem as (typeof problems)[number])}`).sort(),
      [
        "config: missing domain",
        "config: overlap network.pods",
        "config: quorum nodes > 3 control nodes",
        "definition: redirect-uri realm.clients.grafana.redirectUris",
        "definition: reference kafka.users.flights-loader.consume[0] > flights",
        "definition: type kafka.topics.flights.partitions > 6",
        "definition: unknown-key valkey.colour",
      ],
    );
  });

  it("an unknown target hides no other problem", () => {
    const problems = problemsOf("dev", { config: { target: "prod", domian: "x", "kafka/brokers": 0 } });
    assert.deepEqual(problems.map(inBrief).sort(), [
      "choice target",
      "range kafka.brokers",
      "unknown-key domian > domain",
    ]);
  });

  it("a wrong override does not let the definition's value be judged in its place", () => {
    const problems = problemsOf("dev", { config: { "kafka/brokers": "one" } });
    assert.deepEqual(problems.map(inBrief), ["type kafka.brokers"]);
  });

  it("a switched-off service is reported with the name of everything that needs it", () => {
    const problems = problemsOf("aws", { config: { "services/objectStore": false, "backups/enabled": false } });
    const needing = problems.map(({ message }) =>
      ["airflow", "spark", "postgres"].filter((name) => message.includes(name)),
    );
    assert.deepEqual(needing, [["airflow"], ["spark"]]);
  });

  for (const nothing of [undefined, null, 7, "text", [], () => 1, Symbol("x"), new Map()]) {
    it(`${String(nothing)} for both inputs is refused as a whole`, () => {
      const result = loadEnvironment(nothing, nothing);
      assert.ok(!result.ok && result.problems.some(({ path }) => path === ""));
    });
  }
});

describe("secrets", () => {
  const hidden = "correct-horse-battery";

  it("a value that may be a secret is in no problem", () => {
    const problems = problemsOf("dev", {
      definition: {
        "postgres/password": hidden,
        "realm/clients/grafana/clientSecret": hidden,
        "workloads/grafana/labels": { token: 7 },
      },
      config: { proxmoxToken: hidden, "kafka/password": { deep: hidden }, "realm/people/ada/password": hidden },
    });
    assert.equal(problems.length, 6);
    assert.ok(!JSON.stringify(problems).includes(hidden));
  });

  it("encrypted settings never reach the environment", () => {
    const environment: unknown = loaded(definition, committed("onprem"));
    const keys = (value: unknown): string[] =>
      isMapping(value) ? Object.entries(value).flatMap(([key, inside]) => [key, ...keys(inside)]) : [];
    assert.deepEqual(
      keys(environment).filter((key) => /password|secret|token/i.test(key)),
      [],
    );
  });
});
