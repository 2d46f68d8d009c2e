import type { Place } from "../../core/scheme-kind";
import type { WatermarkKey } from "../../prf/key";
import { gBit, gValues } from "./g-values";
import type { SynthIdProfile } from "./profile";

/** G-values of all tokens after the context, a string of depth digits per token. */
export function synthIdDraws(
  profile: SynthIdProfile,
  key: WatermarkKey | undefined,
  text: readonly number[],
  { prompt }: Place,
): Record<string, unknown> {
  const ids = text.slice(prompt);
  const width = profile.ngram_len - 1;
  const context = [...new Array<number>(width).fill(0), ...ids].slice(-width);
  const values = gValues(profile, key);
  const tokens = Array.from({ length: profile.vocab_size }, (_, v) => v);
  const bits = values.of(context, tokens);
  const layers = Array.from({ length: profile.depth }, (_, layer) => layer);
  return {
    context,
    gValues: tokens.map((v) => layers.map((layer) => gBit(bits, values.words, v, layer)).join("")),
  };
}
