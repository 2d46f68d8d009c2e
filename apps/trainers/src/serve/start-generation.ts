import { type Batcher, connectBatcher } from "@deepgrain/lm";
import type { GenerationReady, GenerationStart } from "./generation-thread";
import { startThread, type Thread } from "./start-thread";

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
  let thread: Thread<GenerationReady> | undefined;
  const batcher = connectBatcher(async () => {
    thread = await startThread("generation-thread", start);
    return thread.port;
  });
  await batcher.numbers();
  return {
    ...thread!.ready,
    batcher,
    async stop() {
      await batcher.close();
      await thread?.worker.terminate();
    },
  };
}
