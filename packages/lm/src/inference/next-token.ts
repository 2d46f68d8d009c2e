import { sampleToken, scoreTokens, type TokenScore } from "../generation/sample-token";
import { greedy } from "../generation/sampling";
import type { BatchTokenEvent } from "./batch-events";
import type { Reading } from "./passes";
import type { Sequence } from "./sequence";

/** Whether decoding is greedy and nothing else needs the logits. */
export const isPlain = ({ sequence: { request } }: Reading): boolean =>
  (request.sampler === undefined || request.sampler === greedy) &&
  request.processors.length === 0 &&
  request.logProbabilities === undefined &&
  request.onPrompt === undefined;

/**
 * Appends the next token of a sequence.
 * @param found logits of one row, which may be overwritten, or the token that was taken from them
 */
export async function nextToken(
  sequence: Sequence,
  found: number | Float32Array,
): Promise<BatchTokenEvent> {
  const { request, sample, all } = sequence;
  const { number, prompt, processors, sampler = greedy, stops } = request;
  const { maxNewTokens, logProbabilities } = request;
  const scoreOf =
    typeof found === "number" || logProbabilities === undefined
      ? undefined
      : scoreTokens(found, logProbabilities);
  const sampleRow = (logits: Float32Array) => sampler(logits, sample);
  const id =
    typeof found === "number" ? found : await sampleToken(found, all, processors, sampleRow);
  all.push(id);
  for (const stop of stops) sequence.stopped ??= stop(all);
  const count = all.length - prompt.length;
  if (count >= maxNewTokens) sequence.stopped ??= "length";
  const { stopped } = sequence;
  const score = scoreOf?.(id);
  return { type: "token", request: number, sample, id, count, stopped, score };
}

/**
 * Adds log-probabilities of the tokens that follow the rows just read.
 * @param rows logits after each of the last tokens that are stored
 */
export function scorePrompt(sequence: Sequence, rows: readonly Float32Array[]): void {
  const { all, stored, request, scores } = sequence;
  for (const [i, row] of rows.entries()) {
    const place: number = stored - rows.length + i + 1;
    const next: TokenScore | undefined =
      place < all.length ? scoreTokens(row, request.logProbabilities ?? 0)(all[place]!) : undefined;
    if (next) scores.push(next);
  }
}
