import { z } from "zod";
import { dnsLabel, portName, workloadName } from "./values";

/** A name under the target's domain that people open. Key: a name for it in the definition, as in redirect URIs. */
const host = z.strictObject({
  /** First label of the host name; the domain comes from the target. */
  label: dnsLabel,
  /** Workload that answers. */
  workload: workloadName,
  /** Name of its port. */
  port: portName,
});

/** All host names. */
export const hosts = z.record(dnsLabel, host);
