import { optionsOf, real, refuseUnknown } from "../errors";

import type { ProxyLM } from "../proxy/proxy-lm";
import type { Random } from "./token-attacks";

/** Options of `paraphrase`. */
export interface ParaphraseOptions {
  /** Share of positions rewritten, in [0, 1]. */
  rate: number;
  /** Tokens of left context that the second model sees. Default 10. */
  contextLength?: number | undefined;
  /** Candidates considered at each position. Default 20. */
  candidates?: number | undefined;
}

/**
 * Rewrites positions from left to right with a second language model: each chosen token is drawn from
 * the model's best candidates other than itself, weighted by their probability after the text so far and by how well
 * the next original token follows them.
 *
 * @param lm the attacker's model; may be asynchronous
 * @returns ids of the same length
 * @throws {WatermarkError} `ERR_RANGE` for a rate outside [0, 1]
 */
export async function paraphrase(
  ids: ArrayLike<number>,
  lm: ProxyLM,
  options: ParaphraseOptions,
  random: Random,
): Promise<number[]> {
  const { rate, contextLength = 10, candidates = 20, ...others } = optionsOf("paraphrase", options);
  refuseUnknown("paraphrase", others);
  real("paraphrase", "rate", rate, { min: 0, max: 1 });
  const rewritten = Array.from(ids);
  for (let i = 0; i < rewritten.length; i++) {
    if (random() >= rate) continue;
    const context = rewritten.slice(Math.max(0, i - contextLength), i);
    const probabilities = await lm.next(context);
    const ranked = Array.from(probabilities.keys())
      .filter((v) => v !== rewritten[i])
      .sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)
      .slice(0, candidates);
    const weights: number[] = [];
    for (const v of ranked) {
      const follows =
        i + 1 < rewritten.length
          ? (await lm.next([...context.slice(1 - contextLength), v]))[rewritten[i + 1]!]!
          : 1;
      weights.push(probabilities[v]! * follows);
    }
    let rest = random() * weights.reduce((a, b) => a + b, 0);
    let choice = 0;
    while (choice < ranked.length - 1 && rest >= weights[choice]!) rest -= weights[choice++]!;
    rewritten[i] = ranked[choice]!;
  }
  return rewritten;
}
