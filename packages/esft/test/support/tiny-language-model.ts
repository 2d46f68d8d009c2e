import { CausalLM, parseConfig } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

/** A tiny DeepSeekMoE of 259 tokens with random weights; expert 3 of its only layer of experts is never chosen. */
export async function tinyLanguageModel(): Promise<CausalLM> {
  manualSeed(1);
  const model = new CausalLM(
    parseConfig(
      tinyConfig("deepseek", {
        vocab_size: 259,
        n_routed_experts: 4,
        max_position_embeddings: 128,
        initializer_range: 0.1,
        tie_word_embeddings: false,
        pad_token_id: 2,
      }),
    ),
  );
  const name = "model.layers.1.mlp.gate.weight";
  const { data, shape } = await model.readWeight(name);
  const width = shape[1]!;
  // Logits s, −s, 0, 0: the second place goes to expert 2, as ties go to the lower number, and never to 3.
  for (let i = 0; i < width; i++) {
    data[i] = 1;
    data[width + i] = -1;
    data[2 * width + i] = 0;
    data[3 * width + i] = 0;
  }
  model.writeWeight(name, data);
  return model;
}
