/** @file Models small enough to train in a second, on the bytes of a text. */
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

/** A Llama of two layers with random weights that follow from the seed. */
export const tinyLm = (seed: number, { vocabulary = 128, positions = 128 } = {}): CausalLM =>
  new CausalLM(
    parseConfig(
      tinyConfig("llama", {
        vocab_size: vocabulary,
        intermediate_size: 32,
        num_attention_heads: 2,
        max_position_embeddings: positions,
        eos_token_id: 0,
      }),
    ),
    { generator: new Generator(seed) },
  );

/** One token per ASCII character. */
export const asciiTokenizer = {
  encode: (text: string): number[] => [...text].map((character) => character.charCodeAt(0)),
  decode: (ids: ArrayLike<number>): string =>
    String.fromCharCode(...Array.from(ids).filter((id) => id > 0)),
};
