import type { Environment } from "../../environment";

/** An address of the platform. */
export interface Address {
  /** Name of the host in the definition. */
  readonly service: string;
  readonly url: string;
}

/** Addresses of what is switched on, in the order of the definition. */
export function addressesOf({ hosts, workloads, services }: Environment): readonly Address[] {
  if (!services.gateway) return [];
  return Object.entries(hosts).flatMap(([service, { url, workload }]) => {
    const owner = workloads[workload]?.service;
    return owner !== undefined && services[owner] ? [{ service, url }] : [];
  });
}

/** The same as lines for people. */
export function addressTable(addresses: readonly Address[]): string[] {
  const width = Math.max(0, ...addresses.map(({ service }) => service.length));
  return addresses.map(({ service, url }) => `${service.padEnd(width)}  ${url}`);
}

/** The address of one service. Throws, naming those that there are. */
export function addressOf(environment: Environment, service: string): string {
  const addresses = addressesOf(environment);
  const found = addresses.find((address) => address.service === service);
  if (found !== undefined) return found.url;
  const known = addresses.map(({ service }) => service).join(", ");
  throw new Error(`there is no address for "${service}"; there are: ${known || "none, the gateway is switched off"}.`);
}
