import type { Random } from "../attacks/token-attacks";
import type { Processor } from "../core/processor";
import { createSampler } from "../core/sampler";
import { functionOf } from "../errors";

/**
 * Chooses the next token for engines that report probabilities but accept a token, not logits: for example
 * node-llama-cpp's `evaluateWithMetadata` with `probabilities: true`, whose iterator accepts a
 * replacement. Supports every scheme, including EXP and SynthID-Text.
 *
 * @param probabilities token -> probability; its type of token, such as node-llama-cpp's `Token`, is kept; missing tokens are impossible
 * @param ids all ids so far
 * @throws {WatermarkError} as the processor
 */
export function chooseFromProbabilities<Token extends number = number>(
  processor: Processor,
  ids: readonly number[],
  probabilities: ReadonlyMap<Token, number>,
  vocabSize: number,
  random: Random,
): Token {
  functionOf("chooseFromProbabilities", "processor", processor);
  const logits = new Float32Array(vocabSize).fill(Number.NEGATIVE_INFINITY);
  for (const [token, p] of probabilities) logits[token] = Math.log(p);
  return createSampler(processor, { random, prompt: ids }).next(logits) as Token;
}
