import type { Dtype } from "@deepgrain/command-line/trainings/weight-types";
import {
  chat,
  chatPrompt,
  createBatcher,
  loadModel,
  loadTokenizer,
  type Tokenizer,
} from "@deepgrain/lm";
import { type ChatSource, type Choosing, tooLong } from "./chat-source";

/** A template that ends with a space after its colon, after which models change their language or repeat themselves. */
function templateWarning(tokenizer: Tokenizer): string | undefined {
  const messages = [{ role: "user", content: "Hello" }];
  const text = tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true });
  if (!/:[ \t]+$/.test(text)) return undefined;
  return "warning: the chat template leaves a space after its last colon; answers may change their language or repeat themselves";
}

/** A model in this process. Keys and values of the conversation are kept from turn to turn. */
export async function localSource(
  folder: string,
  {
    template,
    choosing,
    dtype,
    signal,
  }: { template: string | undefined; choosing: Choosing; dtype: Dtype; signal: AbortSignal },
): Promise<ChatSource> {
  const tokenizer = await loadTokenizer(folder, { template });
  const warning = templateWarning(tokenizer);
  const model = await loadModel(folder, { dtype, signal });
  const { maxPositionEmbeddings: positions } = model.config;
  const batcher = createBatcher(model, { maxSequences: 1, prefixCache: positions });
  const { seed, maxNewTokens, ...sampling } = choosing;
  let turn = 0;
  return {
    warning,
    async *answer(messages, stop) {
      const { length } = chatPrompt(tokenizer, messages);
      const room = positions - length;
      if (room < Math.min(maxNewTokens, Math.ceil(positions / 4)))
        throw tooLong(`${length} of ${positions} tokens leave no room for an answer`);
      yield* chat(batcher, tokenizer, messages, {
        ...sampling,
        seed: seed + turn++,
        maxNewTokens: Math.min(maxNewTokens, room),
        signal: stop,
      });
    },
    async close() {
      await batcher.close();
      model.dispose();
    },
  };
}
