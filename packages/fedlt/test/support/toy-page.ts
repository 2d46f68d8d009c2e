/** @file A page that runs the toy federation in web workers. */
import { finishFederation, tensorChecksum } from "../../src";
import { webWorkerPool, workerTransport } from "../../src/federation/workers";
import type { WebWorker } from "../../src/federation/workers/web-worker-pool";
import { toyClients, toyInitial, toyStrategy } from "./toy";

const { Worker } = globalThis as unknown as { Worker: new (url: string) => WebWorker };

/** @param script the worker's @returns the model's checksum, and whether the page has shared memory */
async function runToy(script: string) {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const pool = webWorkerPool({ create: () => new Worker(url), size: 2 });
  const transport = workerTransport({ pool, clients: toyClients });
  const options = { transport, strategy: toyStrategy, rounds: 3, seed: 5 };
  const { state } = await finishFederation({ ...options, initial: await toyInitial() });
  pool.destroy();
  return { sum: tensorChecksum(state.params), hasShared: typeof SharedArrayBuffer !== "undefined" };
}

Object.assign(globalThis, { runToy });
