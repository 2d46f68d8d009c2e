/**
 * @file What NATS costs: a round whose clients answer at once, by size of the model, over NATS and in this process; needs
 * `nats-server`.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import {
  fedAvg,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  type NamedTensors,
  type Transport,
} from "../src";
import {
  connectionOptions,
  createCredentials,
  natsClient,
  natsServerConfig,
  natsTransport,
} from "../src/federation/nats";
import { cloneTensors } from "../src/federation/tensors/named-tensors";

const rounds = 10;
const ids = Array.from({ length: 10 }, (_, k) => `client${k}`);
const echo: LocalTrain = (task) => ({ params: cloneTensors(task.params), numSamples: 1 });
const model = (kilobytes: number): NamedTensors =>
  new Map([
    [
      "w",
      {
        shape: [kilobytes * 256],
        data: new Float32Array(kilobytes * 256).map(() => Math.random()),
      },
    ],
  ]);

async function msPerRound(transport: Transport, initial: NamedTensors): Promise<number> {
  const run = (count: number) =>
    finishFederation({
      transport,
      strategy: fedAvg(),
      initial,
      rounds: count,
      minClients: ids.length,
    });
  await run(2);
  const start = performance.now();
  await run(rounds);
  return (performance.now() - start) / rounds;
}

if (spawnSync("nats-server", ["--version"]).status !== 0) {
  console.log("nats-server is missing: apt-get install nats-server");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "deepgrain-nats-"));
const keys = Object.fromEntries(["coordinator", ...ids].map((id) => [id, createCredentials()]));
const publicKeys = Object.fromEntries(ids.map((id) => [id, keys[id]!.publicKey]));
const config = join(folder, "server.conf");
writeFileSync(
  config,
  natsServerConfig({
    run: "bench",
    coordinator: keys.coordinator!.publicKey,
    clients: publicKeys,
    port: 14222,
    storeFolder: folder,
  }),
);
const server = spawn("nats-server", ["-c", config], { stdio: "ignore" });
await new Promise((resolve) => setTimeout(resolve, 1000));
const servers = "127.0.0.1:14222";
const clients = await Promise.all(
  ids.map(async (clientId) => {
    const connection = await connect({
      servers,
      ...connectionOptions(keys[clientId]!.seed, { clientId }),
    });
    const run = (async () => {
      for await (const _ of natsClient({ connection, run: "bench", clientId, train: echo }));
    })();
    return { connection, run };
  }),
);
const connection = await connect({ servers, ...connectionOptions(keys.coordinator!.seed) });
const transport = natsTransport({ connection, run: "bench" });
for (const kilobytes of [1, 136, 1024, 8192]) {
  const initial = model(kilobytes);
  const alone = await msPerRound(inProcessTransport({ clients: ids, train: echo }), initial);
  const nats = await msPerRound(transport, initial);
  const megabytes = (2 * ids.length * kilobytes) / 1024;
  console.log(
    `${kilobytes} KB model, ${ids.length} clients: ${nats.toFixed(1)} ms per round over NATS, ${alone.toFixed(1)} ms in process; overhead ${(nats - alone).toFixed(1)} ms per round, ${((nats - alone) / megabytes).toFixed(1)} ms per MB`,
  );
}
await transport.close();
await Promise.all(clients.map(({ run }) => run));
await Promise.all([...clients, { connection }].map((one) => one.connection.close()));
server.kill();
rmSync(folder, { recursive: true, force: true });
