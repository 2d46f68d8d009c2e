import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import {
  connectionOptions,
  createCredentials,
  type NatsServerOptions,
  natsServerConfig,
} from "../../src/federation/nats";

const program = ["nats-server", "/usr/sbin/nats-server"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

/** Skips tests outside CI where the broker is missing; in CI they run, and fail. */
export const natsIsMissing = program === undefined && !process.env.CI;
if (natsIsMissing)
  process.stderr.write(
    "No nats-server here: tests over NATS are skipped. Run `apt-get install nats-server` (Debian).\n",
  );

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Broker {
  readonly port: number;
  readonly websocketPort: number;
  readonly folder: string;
  /** Seeds by client id; the coordinator's is `coordinator`. */
  readonly seeds: Record<string, string>;
  connect(who: string): ReturnType<typeof connect>;
  /** Ends the broker's process; `start` brings it back with the same store. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A broker for one run with the given clients. */
export async function startBroker(
  run: string,
  clients: readonly string[],
  options: Partial<NatsServerOptions> = {},
): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-nats-"));
  const [port, websocketPort] = [await freePort(), await freePort()];
  const keys = Object.fromEntries(
    ["coordinator", ...clients].map((id) => [id, createCredentials()]),
  );
  const seeds = Object.fromEntries(Object.entries(keys).map(([id, { seed }]) => [id, seed]));
  const config = join(folder, "server.conf");
  writeFileSync(
    config,
    natsServerConfig({
      run,
      coordinator: keys.coordinator!.publicKey,
      clients: Object.fromEntries(clients.map((id) => [id, keys[id]!.publicKey])),
      port,
      websocketPort,
      storeFolder: join(folder, "store"),
      ...options,
    }),
  );
  let process_: ChildProcess | undefined;
  const kill = async () => {
    if (!process_ || process_.exitCode !== null || process_.signalCode !== null) return;
    const ended = new Promise((resolve) => process_!.once("exit", resolve));
    process_.kill("SIGKILL");
    await ended;
  };
  const start = async () => {
    process_ = spawn(program!, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    await new Promise<void>((resolve, reject) => {
      process_!.stderr!.on("data", (text) => {
        log += text;
        if (log.includes("Server is ready")) resolve();
      });
      process_!.once("exit", () => reject(new Error(`nats-server ended: ${log}`)));
    });
  };
  await start();
  return {
    port,
    websocketPort,
    folder,
    seeds,
    connect: (who) =>
      connect({
        servers: `127.0.0.1:${port}`,
        ...connectionOptions(seeds[who]!, who === "coordinator" ? {} : { clientId: who }),
      }),
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
