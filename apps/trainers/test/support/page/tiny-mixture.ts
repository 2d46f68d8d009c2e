/** @file A mixture of experts that trains in milliseconds, the same in Node and in pages. */
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

export const tinyMixture = () =>
  new CausalLM(parseConfig(tinyConfig("deepseek", { max_position_embeddings: 4096 })), {
    generator: new Generator(3),
  });

/** Data in which each token is decided by the one before. */
export const countingData = {
  batch: (position: number) => {
    const [batch, length] = [2, 8];
    const at = (i: number) => (Math.floor(i / length) * 7 + position + (i % length)) % 31;
    return { ids: Int32Array.from({ length: batch * length }, (_, i) => at(i)), batch, length };
  },
};
