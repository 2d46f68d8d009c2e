/** @file A coordinator process: node toy-coordinator.mjs <port> <seed of its key> <journal folder> <rounds>. */
import { connect } from "@nats-io/transport-node";
import { connectionOptions, natsTransport } from "../../src/federation/nats";
import { folderJournal } from "../../src/federation/node";
import { finishFederation } from "./all";
import { toyInitial, toyStrategy } from "./toy";

const [port, seed, folder, rounds] = process.argv.slice(2) as [string, string, string, string];
const connection = await connect({ servers: `127.0.0.1:${port}`, ...connectionOptions(seed) });
const transport = await natsTransport({ connection, run: "toy", heartbeatMs: 150 });
await finishFederation({
  transport,
  strategy: toyStrategy,
  initial: await toyInitial(),
  rounds: Number(rounds),
  seed: 5,
  quorum: 2,
  minClients: 2,
  deadlineMs: 1500,
  journal: folderJournal(folder),
});
await transport.close();
await connection.close();
