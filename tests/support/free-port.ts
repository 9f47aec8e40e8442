import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that the kernel gives to whoever asks for any (net.ipv4.ip_local_port_range): nobody is given it meanwhile. */
const [FIRST, END] = [20_000, 30_000];

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const port = randomInt(FIRST, END);
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return freePort();
  }
  await new Promise((done) => server.close(done));
  return port;
}
