import { setTimeout as delay } from "node:timers/promises";
import type { Kubectl } from "./kubectl";

/** What kubectl says where the API server, or its store, does not answer. */
const SILENT =
  /connection refused|connection reset|unable to connect to the server|etcdserver|unexpected EOF|i\/o timeout|currently unable to handle/i;
const PATIENCE_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 1000;

/** The same kubectl, which asks again for a minute while the API server does not answer, such as while it starts anew. For what may be repeated. */
export function patient(kubectl: Kubectl): Kubectl {
  return async (args, input) => {
    const until = Date.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      try {
        return await kubectl(args, input);
      } catch (error) {
        if (!SILENT.test(String(error)) || Date.now() > until) throw error;
        await delay(PAUSE_MILLISECONDS);
      }
    }
  };
}
