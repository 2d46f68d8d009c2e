/** @file A model small enough to train in milliseconds. */
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

/** A Llama of two layers with random weights that follow from the seed. */
export const tinyModel = (seed: number, vocabulary = 260): CausalLM =>
  new CausalLM(
    parseConfig(
      tinyConfig("llama", {
        vocab_size: vocabulary,
        intermediate_size: 32,
        max_position_embeddings: 128,
      }),
    ),
    { generator: new Generator(seed) },
  );
