import {
  CausalLM,
  parseConfig,
  saveModel,
  saveTokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

const specialTokens = { bosToken: "<|begin|>", eosToken: "<|end|>", padToken: "<|pad|>" };

/** Writes a tiny DeepSeekMoE with random weights and a byte tokenizer; expert 3 of its only sparse layer is never chosen. */
export async function writeTinyModel(folder: string): Promise<void> {
  const tokenizer = await trainBpe(["one two three"], {
    vocabSize: 259,
    specialTokens: Object.values(specialTokens),
    bosToken: specialTokens.bosToken,
  });
  manualSeed(1);
  const config = parseConfig(
    tinyConfig("deepseek", {
      vocab_size: 259,
      intermediate_size: 16,
      n_routed_experts: 4,
      aux_loss_alpha: 0,
      seq_aux: false,
      hidden_act: "silu",
      max_position_embeddings: 128,
      initializer_range: 0.1,
      rms_norm_eps: 1e-6,
      rope_theta: 10_000,
      rope_scaling: null,
      attention_bias: false,
      tie_word_embeddings: false,
      bos_token_id: 0,
      eos_token_id: 1,
      pad_token_id: 2,
      torch_dtype: "float32",
    }),
  );
  const model = new CausalLM(config);
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
  await saveModel(folder, model);
  model.dispose();
  await saveTokenizer(folder, {
    tokenizer,
    config: tokenizerConfig(tokenizer, specialTokens),
  });
}

export const jsonLines = (records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");
