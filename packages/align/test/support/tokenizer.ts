/** @file A tokenizer of bytes with lm's chat template. */
import { createTokenizer, deepseekChatTemplate, type Tokenizer, trainBpe } from "@deepgrain/lm";

export async function byteTokenizer(template = deepseekChatTemplate): Promise<Tokenizer> {
  const tokenizer = await trainBpe(["hello"], {
    vocabSize: 258,
    specialTokens: ["<s>", "</s>"],
    minFrequency: 1,
  });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: template };
  return await createTokenizer({ tokenizer, config });
}
