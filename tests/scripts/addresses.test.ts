import assert from "node:assert/strict";
import { addressesOf, addressOf, addressTable } from "../../scripts/lib/addresses";
import { gatewayForwardHint, hostPorts, kindConfig } from "../../scripts/lib/gateway-access";
import { devEnvironment } from "../support/dev-environment";

const environment = devEnvironment();
const off = { ...environment, doors: {}, services: { ...environment.services, gateway: false } };
const doors = Object.values(environment.doors);

describe("addresses", () => {
  it("are those of what is switched on, with the gateway's port", () => {
    const addresses = addressesOf(environment);
    assert.ok(addresses.length > 0);
    const pages = addresses.slice(0, -doors.length);
    for (const { url } of pages) assert.match(url, new RegExp(`^https://.*:${environment.gatewayPort}$`));
    assert.ok(!addresses.some(({ service }) => service === "grafana"), "monitoring is switched off");
    assert.deepEqual(addressesOf(off), []);
  });

  it("end with the doors, which are for programs", () => {
    const { url, host } = addressesOf(environment).at(-doors.length) ?? {};
    assert.equal(host, "postgres.platform.localhost");
    assert.equal(url, `${host}:${environment.doors["postgres"]?.hostPort}`);
  });

  it("stand in columns", () => {
    const lines = addressTable([
      { service: "s3", url: "https://s3" },
      { service: "airflow", url: "https://airflow" },
    ]);
    assert.deepEqual(lines, ["s3       https://s3", "airflow  https://airflow"]);
  });

  it("that are not there are refused, naming those that are", () => {
    assert.throws(() => addressOf(environment, "nothing"), /nothing.*s3/);
    assert.throws(() => addressOf(off, "s3"), /switched off/);
  });
});

describe("the way of this host to the gateway and the doors", () => {
  const ports = hostPorts(environment);

  it("is a port for https, one for http and one for each door, with a command to choose another", () => {
    assert.deepEqual(
      ports.map(({ hostPort }) => hostPort),
      [environment.gatewayPort, environment.gatewayHttpPort, ...doors.map(({ hostPort }) => hostPort)],
    );
    for (const { hostPort, instead } of ports) assert.ok(instead.includes(String(hostPort + 1)), instead);
    assert.deepEqual(hostPorts(off), []);
  });

  it("is kind's own where kind is used, on the loopback interface alone", () => {
    const text = JSON.stringify(kindConfig(ports));
    assert.equal(text.split('"listenAddress":"127.0.0.1"').length, ports.length + 1);
  });

  it("is a command for people with a cluster of their own", () => {
    const hint = gatewayForwardHint(environment, { cluster: "context", context: "mine", kubeconfig: "/k", why: "" });
    assert.ok(hint?.includes(`${environment.gatewayPort}:8443`), hint);
    assert.equal(gatewayForwardHint(environment, { cluster: "one-node", why: "" }), undefined);
  });
});
