import { listOf, optionsOf, PurifyError, refuseUnknown } from "../errors";

/** Perplexity of each text under a language model, such as GPT-2. */
export type Perplexities<W = string> = (
  texts: readonly (readonly W[])[],
) => Promise<readonly number[]>;

/**
 * How much more likely a text becomes without each of its words: PPL(x) − PPL(x without i). High values are suspicious;
 * a text of one word has 0.
 *
 * @throws {PurifyError} `ERR_SHAPE` for another number of perplexities, `ERR_NOT_FINITE`
 * @see Qi et al. 2021 (ONION), section 3
 */
export async function onionScores<W>(
  words: readonly W[],
  perplexities: Perplexities<W>,
): Promise<number[]> {
  if (words.length < 2) return words.map(() => 0);
  const without = words.map((_, i) => words.filter((_, j) => j !== i));
  const [whole, ...rest] = await perplexities([words, ...without]);
  if (whole === undefined || rest.length !== words.length)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/onion: ${words.length + 1} perplexities needed, got ${rest.length + Number(whole !== undefined)}`,
    );
  const bad = [whole, ...rest].find((value) => !Number.isFinite(value));
  if (bad !== undefined)
    throw new PurifyError("ERR_NOT_FINITE", `fine-purify/onion: a perplexity is ${bad}`);
  return rest.map((value) => whole - value);
}

/** The words whose score is below the threshold; all of them if there is none. @param scores of `onionScores` */
export function keptWords<W>(
  words: readonly W[],
  scores: readonly number[],
  threshold: number,
): W[] {
  const kept = words.filter((_, i) => scores[i]! < threshold);
  return kept.length === 0 || words.length < 2 ? [...words] : kept;
}

/**
 * The words of a text without those that make it less likely: word i is removed when PPL(x) − PPL(x without i) is at or
 * above the threshold. Texts of one word are not changed.
 *
 * @param options.threshold default 0
 * @throws {PurifyError} as `onionScores`
 * @see Qi et al. 2021 (ONION), section 3
 */
export const onion = async <W>(
  words: readonly W[],
  perplexities: Perplexities<W>,
  options: { threshold?: number | undefined } = {},
): Promise<W[]> => {
  listOf("onion", "words", words);
  const { threshold = 0, ...rest } = optionsOf("onion", options);
  refuseUnknown("onion", rest);
  return keptWords(words, await onionScores(words, perplexities), threshold);
};
