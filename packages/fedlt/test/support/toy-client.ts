/** @file A client process: node toy-client.mjs <port> <seed of its key> <client id>. */
import { connect } from "@nats-io/transport-node";
import { connectionOptions, natsClient } from "../../src/federation/nats";
import { toyTrain } from "./toy";

const [port, seed, clientId] = process.argv.slice(2) as [string, string, string];
const connection = await connect({
  servers: `127.0.0.1:${port}`,
  ...connectionOptions(seed, { clientId }),
});
const events = natsClient({
  connection,
  run: "toy",
  clientId,
  heartbeatMs: 150,
  train: async (task, options) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return toyTrain(task, options);
  },
});
for await (const _ of events);
await connection.close();
