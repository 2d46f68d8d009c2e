import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  createTrainer,
  inProcessTransport,
  type LongTailSplit,
  memoryPersonalModels,
  type Transport,
} from "@deepgrain/fedlt";
import { personalFolder } from "@deepgrain/fedlt/node";
import { secureClient } from "@deepgrain/fedlt/secure";
import { workerTransport } from "@deepgrain/fedlt/workers";
import type { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { threadsPerWorker } from "@deepgrain/studies/shared/one-thread-backend";
import { Piscina } from "piscina";
import type { splitFlags } from "./flags";

/** Clients in this thread, or spread over worker threads. Their personal models are in a folder, or in this thread. */
export function simulatedClients(
  split: LongTailSplit,
  given: Values<typeof splitFlags> & {
    workers: number;
    secure: boolean;
    personal?: string | undefined;
  },
  local: { names: readonly string[]; encoder: ReturnType<typeof imageEncoder> },
): { transport: Transport; close(): Promise<void> } {
  const { names, encoder } = local;
  const rows = new Map(names.map((name, k) => [name, split.clients[k]!]));
  if (given.workers > 1) {
    const filename = new URL("./fed-worker.js", import.meta.url).href;
    const workerData = { ...given, engineThreads: threadsPerWorker(given.workers) };
    const pool = new Piscina({ filename, workerData, maxThreads: given.workers });
    return { transport: workerTransport({ pool, clients: names }), close: () => pool.destroy() };
  }
  const { personal: folder } = given;
  const personal = folder === undefined ? memoryPersonalModels() : personalFolder(folder);
  const train = createTrainer({ encoder, data: (id) => rows.get(id)!, personal });
  const transport = inProcessTransport({
    clients: names,
    train: given.secure ? secureClient(train) : train,
  });
  return { transport, close: async () => encoder.dispose() };
}
