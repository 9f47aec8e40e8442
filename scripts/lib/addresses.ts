import type { Environment } from "../../environment";
import { WrongUsage } from "./command-line";

/** An address of the platform. */
export interface Address {
  /** Name of the host in the definition. */
  readonly service: string;
  readonly url: string;
  /** The name in it. */
  readonly host: string;
}

/** Addresses of what is switched on, in the order of the definition: pages first, then doors, which are for programs. */
export function addressesOf(environment: Environment): readonly Address[] {
  const { hosts, services } = environment;
  const pages = services.gateway ? Object.entries(hosts).filter(([, { workload }]) => isOn(environment, workload)) : [];
  return [
    ...pages.map(([service, { url }]) => ({ service, url, host: new URL(url).hostname })),
    ...doorsOf(environment).map(([service, { name, hostPort }]) => ({
      service,
      url: `${name}:${hostPort}`,
      host: name,
    })),
  ];
}

/** The doors of what is switched on. */
export function doorsOf(environment: Environment) {
  return Object.entries(environment.doors).filter(([, { workload }]) => isOn(environment, workload));
}

function isOn({ workloads, services }: Environment, workload: string): boolean {
  const owner = workloads[workload]?.service;
  return owner !== undefined && services[owner];
}

/** The same as lines for people. */
export function addressTable(addresses: readonly Omit<Address, "host">[]): string[] {
  const width = Math.max(0, ...addresses.map(({ service }) => service.length));
  return addresses.map(({ service, url }) => `${service.padEnd(width)}  ${url}`);
}

/** The address of one service. Throws `WrongUsage`, naming those that there are. */
export function addressOf(environment: Environment, service: string): string {
  const addresses = addressesOf(environment);
  const found = addresses.find((address) => address.service === service);
  if (found !== undefined) return found.url;
  const known = addresses.map(({ service }) => service).join(", ");
  throw new WrongUsage(
    `there is no address for "${service}"; there are: ${known || "none, the gateway is switched off"}`,
  );
}
