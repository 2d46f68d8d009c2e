/** @file A model small enough to train in milliseconds. */
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";

/** A Llama of two layers with random weights that follow from the seed. */
export const tinyModel = (seed: number, vocabulary = 260): CausalLM =>
  new CausalLM(
    parseConfig({
      model_type: "llama",
      vocab_size: vocabulary,
      hidden_size: 16,
      intermediate_size: 32,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      max_position_embeddings: 128,
      eos_token_id: null,
    }),
    { generator: new Generator(seed) },
  );
