import { once } from "node:events";
import { getHeapStatistics } from "node:v8";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { type Batcher, connectBatcher } from "@deepgrain/lm";
import type { GenerationReady, GenerationStart } from "./generation-thread";

/** A model that generates on a thread of its own. */
export interface Generation extends GenerationReady {
  batcher: Batcher;
  stop(): Promise<void>;
}

/**
 * Loads a model on a thread of its own. A thread that dies is started once more with the next request.
 * @throws what loading the model throws
 */
export async function startGeneration(start: Omit<GenerationStart, "port">): Promise<Generation> {
  let worker: Worker | undefined;
  let ready: GenerationReady | undefined;
  async function open(): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    worker = new Worker(new URL("./generation-thread.js", import.meta.url), {
      workerData: { ...start, port: port2 } satisfies GenerationStart,
      transferList: [port2],
      // The same limit as the main thread: V8 gives threads less.
      resourceLimits: { maxOldGenerationSizeMb: getHeapStatistics().heap_size_limit / 2 ** 20 },
    });
    const [message] = await once(worker, "message"); // rejects when the thread throws
    ready = message as GenerationReady;
    worker.on("error", () => port1.close());
    return port1;
  }
  const batcher = connectBatcher(open);
  await batcher.numbers();
  return {
    ...ready!,
    batcher,
    async stop() {
      await batcher.close();
      await worker?.terminate();
    },
  };
}
