import { connectPromptEncoder, type PromptEncoder } from "@deepgrain/lm";
import { startThread, type Thread } from "./start-thread";

/** Prompts that are encoded on a thread of their own. */
export interface PromptEncoding {
  encoder: PromptEncoder;
  stop(): Promise<void>;
}

/**
 * Loads a model's tokenizer on a thread of its own, so that a text of megabytes holds neither connections nor generation. A
 * thread that dies is started once more with the next prompt.
 * @throws what loading the tokenizer throws
 */
export async function startPromptEncoder(folder: string): Promise<PromptEncoding> {
  let thread: Thread<"ready"> | undefined;
  const encoder = connectPromptEncoder(async () => {
    thread = await startThread("tokenizer-thread", { folder });
    return thread.port;
  });
  await encoder.text("");
  return {
    encoder,
    async stop() {
      await encoder.close();
      await thread?.worker.terminate();
    },
  };
}
