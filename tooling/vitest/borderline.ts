/** @file Choices of tokens that sums in another order may turn. */

/** Two logits nearer than this may change places. */
const LOGITS = 1e-3;

/** A draw nearer than this to a border of the cumulative distribution may fall on its other side. */
const DRAW = 1e-4;

/** @param draw the uniform number that chose; undefined for the largest logit */
function isBorderline(logits: Float32Array, draw: number | undefined): boolean {
  const [best, second] = [...logits].sort((a, b) => b - a) as [number, number];
  if (draw === undefined) return best - second <= LOGITS;
  const weights = [...logits].map((logit) => Math.exp(logit - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.some((weight) => {
    sum += weight / total;
    return Math.abs(sum - draw) <= DRAW;
  });
}

/** The part of a batcher's request that is used. */
interface Continued {
  prompt: readonly number[];
  temperature?: number | undefined;
}

/**
 * Whether another token might have been chosen at a place: the two best logits are nearly equal, or the draw lies next to
 * a border of the cumulative distribution.
 *
 * @param batcher continues the request once more, up to that place
 * @param before the new tokens before the place
 * @param draw the uniform number of the place; unused where the temperature is 0
 */
export async function mayDiffer<R extends Continued>(
  batcher: { generate(request: R): AsyncIterable<unknown> },
  request: R,
  before: readonly number[],
  draw: number,
): Promise<boolean> {
  let logits = new Float32Array();
  const sampler = (row: Float32Array) => {
    logits = row.slice();
    return 0;
  };
  const prompt = [...request.prompt, ...before];
  const asked = { ...request, prompt, maxNewTokens: 1, samples: 1, sampler, signal: undefined };
  for await (const _ of batcher.generate(asked));
  return isBorderline(logits, request.temperature ? draw : undefined);
}
