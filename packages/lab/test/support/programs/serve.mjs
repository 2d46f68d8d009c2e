/** @file Serves the queue of a server until it is killed or told to end, and prints what happens. */
import { serveRuns } from "@deepgrain/lab/bullmq";

const [port, queue] = process.argv.slice(2);
const abort = new AbortController();
process.on("SIGTERM", () => abort.abort());
const connection = { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null };
const times = { lockMs: 1000, stalledMs: 500 };
for await (const event of serveRuns({ connection, queue, signal: abort.signal, ...times }))
  console.log(JSON.stringify(event));
