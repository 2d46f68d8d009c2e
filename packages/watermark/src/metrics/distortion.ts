import { takeTurn } from "@deepgrain/support";
import type { Random } from "../attacks/token-attacks";
import type { SchemeResources } from "../core/scheme";
import { functionOf, having, optionsOf, refuseUnknown, WatermarkError, whole } from "../errors";
import { randomKey } from "../prf/key";
import type { ProfileInput } from "../profile";
import { softmax64 } from "../proxy/proxy-lm";
import { createWatermark } from "../watermark/create-watermark";
import { klDivergence, type LanguageModel } from "./quality";

/** Options of `distortion`. */
export interface DistortionOptions extends SchemeResources {
  /** The model that is marked. */
  model: LanguageModel;
  /**
   * Beginnings of generated texts, whose next tokens are looked at. A scheme changes nothing after fewer tokens than its
   * context, and CTWL nothing before its first chunk.
   */
  texts: readonly (readonly number[])[];
  /** Random keys, each with a random payload. Default 200. */
  keys?: number | undefined;
  random: Random;
  signal?: AbortSignal | undefined;
}

/** Divergences of marked from unmarked distributions in nats, means over the texts. */
export interface Distortion {
  /** Mean over keys of KL(marked ‖ unmarked): how far one key decides the token, which costs variety, not quality. */
  perKey: number;
  /** KL(mean of the marked over keys ‖ unmarked): what the mark costs in quality; 0, but for noise, without distortion. */
  overKeys: number;
  /** The value that `overKeys` is expected to have by the small number of keys alone, ½ Σ s²/(keys · p); halves with twice the keys. */
  noise: number;
}

/** The divergences after one text. */
async function divergencesAt(
  text: readonly number[],
  profile: ProfileInput,
  {
    model,
    keys,
    random,
    resources,
  }: Pick<DistortionOptions, "model" | "random"> & {
    keys: number;
    resources: SchemeResources;
  },
): Promise<Distortion> {
  const logits = Float32Array.from(await model(text));
  const p = softmax64(logits);
  const sums = new Float64Array(p.length);
  const squares = new Float64Array(p.length);
  let perKey = 0;
  for (let k = 0; k < keys; k++) {
    const watermark = createWatermark(profile, randomKey(random), resources);
    const payload = Uint8Array.from({ length: watermark.messageBits }, () =>
      Number(random() < 0.5),
    );
    const carried = payload.length > 0 ? { payload } : {};
    const processor = watermark.createProcessor({ ...carried, promptLength: 0 });
    await processor.prepare?.(text);
    const marked = processor(text, logits.slice());
    perKey += klDivergence(marked, logits) / keys;
    softmax64(marked).forEach((q, v) => {
      sums[v]! += q;
      squares[v]! += q * q;
    });
  }
  let noise = 0;
  p.forEach((chance, v) => {
    const variance = squares[v]! / keys - (sums[v]! / keys) ** 2;
    if (chance > 0) noise += Math.max(0, variance) / (2 * keys * chance);
  });
  const mean = sums.map((sum) => Math.log(sum / keys));
  return { perKey, overKeys: klDivergence(mean, logits), noise };
}

/**
 * How far a mark moves the distribution of the next token, under one key and on average over keys. Perplexity sees the
 * tokens that were sampled; this sees the whole distribution.
 *
 * @throws {WatermarkError} `ERR_RANGE` for `keys` outside 1 to 100,000, `ERR_TOO_SHORT` without texts, and as `createWatermark` and the processor
 * @see Hu et al. 2024 (2310.10669), definition 1 of an unbiased reweighting
 */
export async function distortion(
  profile: ProfileInput,
  options: DistortionOptions,
): Promise<Distortion> {
  const {
    model,
    texts,
    keys = 200,
    random,
    signal,
    proxy,
    frequencies,
    ...rest
  } = optionsOf("distortion", options);
  refuseUnknown("distortion", rest);
  having("distortion", "options", options, "texts");
  functionOf("distortion", "model", model);
  functionOf("distortion", "random", random);
  whole("distortion", "keys", keys, { min: 1, max: 100_000 });
  if (texts.length === 0)
    throw new WatermarkError("ERR_TOO_SHORT", "distortion: needs at least 1 text, got 0", {
      fields: { needed: 1, got: 0 },
    });
  const total = { perKey: 0, overKeys: 0, noise: 0 };
  for (const text of texts) {
    await takeTurn();
    signal?.throwIfAborted();
    const one = await divergencesAt(text, profile, {
      model,
      keys,
      random,
      resources: { proxy, frequencies },
    });
    total.perKey += one.perKey / texts.length;
    total.overKeys += one.overKeys / texts.length;
    total.noise += one.noise / texts.length;
  }
  return total;
}
