import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, startNats } from "@deepgrain/vitest/servers";
import { connect } from "@nats-io/transport-node";
import { connectionOptions, createCredentials, natsServerConfig } from "../../src/federation/nats";
import type { NatsServerOptions } from "../../src/federation/nats/server-config";

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
  const [port, websocketPort] = await freePorts();
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
  const { start, kill } = await startNats(config);
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
