/** @file Configurations small enough to train in milliseconds. */
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { parseConfig } from "../../src";

const tiny =
  (family: Parameters<typeof tinyConfig>[0]) =>
  (changes: object = {}) =>
    parseConfig(tinyConfig(family, changes));

export const tinyLlama = tiny("llama");
export const tinyGpt2 = tiny("gpt2");
export const tinyGemma2 = tiny("gemma2");
export const tinyDeepseek = tiny("deepseek");
export const tinyDeepseekV2 = tiny("deepseek_v2");
export const tinyDeepseekV3 = tiny("deepseek_v3");

/** Data in which each token is decided by the one before, so that a few steps teach something. */
export const countingData = (vocabulary: number) => ({
  batch: (position: number) => {
    const [batch, length] = [4, 12];
    const ids = Int32Array.from(
      { length: batch * length },
      (_, i) => (Math.floor(i / length) * 7 + position + (i % length)) % vocabulary,
    );
    return { ids, batch, length };
  },
});
