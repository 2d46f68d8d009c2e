import {
  CausalLM,
  deepseekChatTemplate,
  parseConfig,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

/**
 * Writes a model folder of bytes with a chat template, small enough to train in seconds.
 * @param options.positions default 64
 * @param options.template default DeepSeek's
 */
export async function saveTinyChatModel(
  folder: string,
  { positions = 64, template = deepseekChatTemplate } = {},
): Promise<void> {
  const tokenizer = await trainBpe(["hello"], {
    vocabSize: 258,
    specialTokens: ["<s>", "</s>"],
    minFrequency: 1,
  });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: template };
  await saveTokenizer(folder, { tokenizer, config });
  const model = new CausalLM(
    parseConfig(
      tinyConfig("llama", {
        vocab_size: 258,
        max_position_embeddings: positions,
        hidden_size: 32,
        intermediate_size: 64,
        num_attention_heads: 2,
        bos_token_id: 0,
        eos_token_id: 1,
      }),
    ),
    { generator: new Generator(1) },
  );
  await saveModel(folder, model);
  model.dispose();
}
