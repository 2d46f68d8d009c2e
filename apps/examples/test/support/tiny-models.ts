import {
  CausalLM,
  deepseekChatTemplate,
  parseConfig,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";

const sizes = {
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 512,
  bos_token_id: 0,
  eos_token_id: 1,
};

const experts = {
  moe_intermediate_size: 16,
  n_routed_experts: 16,
  num_experts_per_tok: 4,
  initializer_range: 0.06,
};

/** Writes a folder with random weights, a tokenizer and a chat template. @param texts train the tokenizer */
export async function saveTinyModel(
  folder: string,
  {
    texts,
    vocabSize,
    type,
  }: { texts: readonly string[]; vocabSize: number; type: "llama" | "deepseek" },
): Promise<void> {
  const specialTokens = ["<s>", "</s>"];
  const tokenizer = await trainBpe(texts, { vocabSize, specialTokens });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  await saveTokenizer(folder, { tokenizer, config });
  const mixture = type === "deepseek" ? experts : {};
  const own = parseConfig({ model_type: type, vocab_size: vocabSize, ...sizes, ...mixture });
  const model = new CausalLM(own, { generator: new Generator(1) });
  await saveModel(folder, model);
  model.dispose();
}
