import { PurifyError } from "../errors";

/** Perplexity of each text under a language model, such as GPT-2. */
export type Perplexities = (texts: readonly (readonly string[])[]) => Promise<readonly number[]>;

/**
 * The words of a text without those that make it less likely: word i goes when PPL(x) − PPL(x without i) is the threshold or
 * more. Texts of one word stay.
 *
 * @param options.threshold default 0
 * @throws {PurifyError} `ERR_SHAPE` for another number of perplexities, `ERR_NOT_FINITE`
 * @see Qi et al. 2021 (ONION), section 3
 */
export async function onion(
  words: readonly string[],
  perplexities: Perplexities,
  { threshold = 0 }: { threshold?: number } = {},
): Promise<string[]> {
  if (words.length < 2) return [...words];
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
  const kept = words.filter((_, i) => whole - rest[i]! < threshold);
  return kept.length === 0 ? [...words] : kept;
}
