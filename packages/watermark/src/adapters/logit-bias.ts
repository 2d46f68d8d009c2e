import { checkTokens } from "../core/checked-inputs";
import { having, optionsOf, refuseUnknown, WatermarkError } from "../errors";
import type { Watermark } from "../watermark/create-watermark";
import { additiveBias } from "./additive-bias";

/** Options of `toLogitBias`. */
export interface LogitBiasOptions {
  /** Token ids to use for the entries, the most frequent first. Default: all, in order. */
  tokens?: ArrayLike<number> | undefined;
  /** Maximum number of entries that the endpoint accepts; check its documentation. Default 300. */
  limit?: number | undefined;
}

/**
 * Unigram's green list as the static `logit_bias` of an OpenAI-compatible endpoint: token id -> bias
 * in −100..100. Only as many tokens as the endpoint accepts can be marked, so the mark is weaker the smaller their
 * share of the text.
 *
 * @returns at most `limit` entries
 * @throws {WatermarkError} `ERR_UNSUPPORTED` for schemes other than Unigram: a static bias cannot
 *   follow the context; `ERR_CAPACITY` when no `tokens` are named and the list is longer than `limit`
 */
export function toLogitBias(
  watermark: Watermark,
  options: LogitBiasOptions = {},
): Record<string, number> {
  having("toLogitBias", "watermark", watermark, "profile", "messageBits");
  const { tokens, limit = 300, ...rest } = optionsOf("toLogitBias", options);
  refuseUnknown("toLogitBias", rest);
  const { profile } = watermark;
  if (profile.scheme !== "unigram")
    throw new WatermarkError(
      "ERR_UNSUPPORTED",
      `toLogitBias: ${profile.scheme} depends on the context; only unigram is a static bias`,
    );
  if (tokens) checkTokens(tokens, profile.vocab_size);
  const groups = additiveBias(watermark.createProcessor(), [], profile.vocab_size);
  const greens = new Set([...groups.values()].flat());
  const bias = Math.min(100, profile.bias);
  const chosen = tokens ? Array.from(tokens).filter((token) => greens.has(token)) : [...greens];
  if (!tokens && chosen.length > limit)
    throw new WatermarkError(
      "ERR_CAPACITY",
      `toLogitBias: ${chosen.length} green tokens, the limit is ${limit}: name the frequent tokens`,
      { fields: { needed: chosen.length, got: limit } },
    );
  return Object.fromEntries(chosen.slice(0, limit).map((token) => [`${token}`, bias]));
}
