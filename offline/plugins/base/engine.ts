import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log, Severity } from "./plugin";

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The engine that started this plugin; it shows what plugins log. */
export class Engine {
  #client: EngineClient | undefined;

  /** Must be called before anything is logged; the engine does so first of all. */
  connect(address: string): void {
    this.#client ??= new EngineClient(address, credentials.createInsecure());
  }

  /** A log bound to one resource. A line that cannot be delivered is dropped: the work it tells of matters more. */
  logFor(urn: string): Log {
    return (severity, message, options) => {
      const request = new LogRequest();
      request.setSeverity(severities[severity]);
      request.setMessage(message);
      request.setUrn(urn);
      request.setEphemeral(options?.ephemeral ?? false);
      return new Promise((resolve) => {
        if (this.#client === undefined) resolve();
        else this.#client.log(request, () => resolve());
      });
    };
  }
}
