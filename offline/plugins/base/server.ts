import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Engine } from "./engine";
import type { Plugin } from "./plugin";
import { createService } from "./service";

/** How long requests in flight may take to record what they did after the engine asked for an end. */
const GRACE_MILLISECONDS = 5_000;

/** How often the plugin looks whether the engine that started it is still alive. */
const PARENT_CHECK_MILLISECONDS = 1_000;

/**
 * Serves a plugin to the engine that started this process, and prints the port as the engine expects it.
 * Arguments are the engine's: flags (`--logtostderr`, `-v=9`, `--tracing ADDRESS`: nothing here to switch) and its address last.
 */
export function serve(plugin: Plugin): void {
  const engine = new Engine();
  const stopping = new AbortController();
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, createService(plugin, engine, stopping));

  const stop = () => {
    stopping.abort();
    server.tryShutdown(() => process.exit(0));
    setTimeout(() => process.exit(0), GRACE_MILLISECONDS).unref();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);

  const address = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  if (address !== undefined) {
    engine.connect(address);
    exitWithParent();
  }

  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      process.stderr.write(`pulumi-resource-${plugin.name}: cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
}

/** A killed engine cannot say goodbye; the kernel then gives this process another parent. Nobody is left to record anything. */
function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_MILLISECONDS).unref();
}
