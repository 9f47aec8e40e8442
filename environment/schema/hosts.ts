import { z } from "zod";
import { dnsLabel, formatted, portName, workloadName } from "./values";

/** A name under the target's domain that people open. Key: a name for it in the definition, as in redirect URIs. */
const host = z.strictObject({
  /** First label of the host name; the domain comes from the target. */
  label: dnsLabel,
  /** Workload that answers. */
  workload: workloadName,
  /** Name of its port. A Service of the workload's name listens on the same number. */
  port: portName,
  /** How the gateway logs people in, where the service has no login of its own. */
  login: z
    .strictObject({
      /** Confidential client of the realm, whose redirect URIs hold `https://{host}/oauth2/callback`. */
      client: dnsLabel,
      /** Roles of that client; people with any of them are let in. */
      roles: z.array(formatted("a role of the client", /^\S+$/)).min(1),
    })
    .exactOptional(),
});

/** All host names. */
export const hosts = z.record(dnsLabel, host);
