import { LmError, listOf } from "../errors";

/**
 * The entropy of the tokens' own frequencies, −Σ p ln p, in nats: the loss of the best model that ignores context. A model
 * below it has learnt from context.
 *
 * @param tokens at least one
 * @throws {LmError} `ERR_RANGE` without tokens
 */
export function unigramEntropy(tokens: ArrayLike<number>): number {
  listOf("unigramEntropy", "tokens", tokens);
  if (tokens.length === 0)
    throw new LmError("ERR_RANGE", "lm/unigramEntropy: there are no tokens to count");
  const counts = new Map<number, number>();
  for (let i = 0; i < tokens.length; i++) counts.set(tokens[i]!, (counts.get(tokens[i]!) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values())
    entropy -= (count / tokens.length) * Math.log(count / tokens.length);
  return entropy;
}
