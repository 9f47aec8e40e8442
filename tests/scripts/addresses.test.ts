import assert from "node:assert/strict";
import { addressesOf, addressOf, addressTable } from "../../scripts/lib/addresses";
import { gatewayForwardHint, gatewayHostPorts, kindConfig } from "../../scripts/lib/gateway-access";
import { devEnvironment } from "../support/dev-environment";

const environment = devEnvironment();
const off = { ...environment, services: { ...environment.services, gateway: false } };

describe("addresses", () => {
  it("are those of what is switched on, with the gateway's port", () => {
    const addresses = addressesOf(environment);
    assert.ok(addresses.length > 0);
    for (const { url } of addresses) assert.match(url, new RegExp(`^https://.*:${environment.gatewayPort}$`));
    assert.ok(!addresses.some(({ service }) => service === "grafana"), "monitoring is switched off");
    assert.deepEqual(addressesOf(off), []);
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

describe("the way of this host to the gateway", () => {
  const ports = gatewayHostPorts(environment);

  it("is a port for https and one for http, each with a command to choose another", () => {
    assert.deepEqual(
      ports.map(({ hostPort }) => hostPort),
      [environment.gatewayPort, environment.gatewayHttpPort],
    );
    for (const { hostPort, instead } of ports) assert.ok(instead.includes(String(hostPort + 1)), instead);
    assert.deepEqual(gatewayHostPorts(off), []);
  });

  it("is kind's own where kind is used, on the loopback interface alone", () => {
    const text = JSON.stringify(kindConfig(ports));
    assert.equal(text.split('"listenAddress":"127.0.0.1"').length, 3);
  });

  it("is a command for people with a cluster of their own", () => {
    const hint = gatewayForwardHint(environment, { cluster: "context", context: "mine", kubeconfig: "/k", why: "" });
    assert.ok(hint?.includes(`${environment.gatewayPort}:8443`), hint);
    assert.equal(gatewayForwardHint(environment, { cluster: "one-node", why: "" }), undefined);
  });
});
