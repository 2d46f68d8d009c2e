import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";

/** Whether Debian's `valkey-server` is installed. */
export const valkeyIsMissing = spawnSync("valkey-server", ["--version"]).status !== 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A server in memory on a port of its own. */
export interface Valkey {
  port: number;
  close(): Promise<void>;
}

/** Starts a server that keeps nothing on disk. */
export async function startValkey(): Promise<Valkey> {
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server: ChildProcess = spawn("valkey-server", args, { stdio: "ignore" });
  const client = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {});
  for (let tries = 0; (await client.connect().catch(() => client.status)) !== undefined; tries++) {
    if (tries === 100) throw new Error("valkey-server does not answer");
    await wait(50);
  }
  client.disconnect();
  return {
    port,
    async close() {
      server.kill();
      if (server.exitCode === null) await once(server, "exit");
    },
  };
}
