import type { SymbolReading } from "../../core/scheme";
import { anyOf } from "../../statistics/binomial";
import { bestTail } from "./hits-tail";
import type { Splitter, Vote } from "./splitter";

/** A position distinguishes messages only when it favours its token for some and not for others. */
export const isInformative = ({ chance }: Vote): boolean => chance > 0 && chance < 1;

/** The best message of a chunk with all counts. */
export interface ChunkReading extends SymbolReading {
  bitConfidence: Float64Array;
}

/** Index of the largest count and of the runner-up; ties go to the smaller message. */
function bestTwo(hits: Uint16Array): [number, number] {
  let best = 0;
  let second = hits.length > 1 ? 1 : 0;
  if (hits[second]! > hits[best]!) [best, second] = [second, best];
  for (let message = 2; message < hits.length; message++) {
    const count = hits[message]!;
    if (count > hits[best]!) {
      second = best;
      best = message;
    } else if (count > hits[second]!) second = message;
  }
  return [best, second];
}

/** Messages with a count of hits. */
function messagesWith(hits: Uint16Array, count: number): number[] {
  const found: number[] = [];
  for (let m = hits.indexOf(count); m >= 0; m = hits.indexOf(count, m + 1)) found.push(m);
  return found;
}

/**
 * Posterior under equal priors. With hit probability p₁ = q e^δ/(1 − q + q e^δ) a hit changes the
 * log-likelihood ratio by ln(p₁/q) − ln((1 − p₁)/(1 − q)) = δ at every position, whatever q is, so
 * the posterior of a message is proportional to e^(δ·hits).
 */
function posterior(hits: Uint16Array, best: number, bits: number, bias: number) {
  const most = hits[best]!;
  const weights = Float64Array.from({ length: most + 1 }, (_, d) => Math.exp(-bias * d));
  const agreeing = new Float64Array(bits);
  let total = 0;
  for (let message = 0; message < hits.length; message++) {
    const weight = weights[most - hits[message]!]!;
    if (weight < 1e-12) continue;
    total += weight;
    const same = ~(message ^ best);
    for (let b = 0; b < bits; b++) if ((same >>> (bits - 1 - b)) & 1) agreeing[b]! += weight;
  }
  return { confidence: 1 / total, bitConfidence: agreeing.map((sum) => sum / total) };
}

/**
 * Reads one chunk from its votes by trying all messages.
 *
 * @param bits bits of the chunk, at most 24
 * @param bias δ, for the posterior
 * @returns the message with the most hits, and `pAny` = 1 − (1 − p)^(2^bits), where p is the
 *   tail of its hits, ties broken by rare ones, under a random message
 */
export function readChunk<V extends Vote>(
  splitter: Splitter<V>,
  votes: readonly V[],
  chunk: number,
  bits: number,
  bias: number,
): ChunkReading {
  const informative = votes.filter(isInformative);
  const tokens = informative.length;
  const hits = splitter.tally(informative, chunk, bits);
  const [value, second] = bestTwo(hits);
  const tied = messagesWith(hits, hits[value]!);
  const pSingle = bestTail(splitter, informative, chunk, { hits: hits[value]!, tied });
  return {
    value,
    second,
    hits: hits[value]!,
    tokens,
    margin: hits[value]! - hits[second]!,
    pAny: tokens ? anyOf(pSingle, hits.length) : 1,
    isErased: tokens === 0,
    ...posterior(hits, value, bits, bias),
  };
}
