import { takeTurn } from "@deepgrain/support";
import { PurifyError } from "../errors";
import { addToRanking, createRanking, cutBin, type Ranking } from "../indicator/ranking";
import { assertFinite } from "../weights/diff";
import type { PairChunk, WeightPairs } from "../weights/weight-pairs";

/** The result of one pass over both checkpoints. */
export interface Survey {
  /** Median of |δ| / |w^Init| over weights that are not 0; null if all are 0. */
  readonly medianDrift: number | null;
  /**
   * Correlation of ln δ² and ln Ĥ where neither is 0: clearly above 0 where the theory's SGD assumption holds, near 0 for
   * victims of Adam. Null without Fisher values or with fewer than 3 such weights.
   */
  readonly correlation: number | null;
}

interface Moments {
  n: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
}

function addMoments(moments: Moments, { init, finetuned, fisher }: PairChunk): void {
  if (!fisher) return;
  for (let i = 0; i < init.length; i++) {
    const delta = Math.abs(finetuned[i]! - init[i]!);
    if (delta === 0 || fisher[i] === 0) continue;
    const [x, y] = [2 * Math.log(delta), Math.log(fisher[i]!)];
    moments.n++;
    moments.x += x;
    moments.y += y;
    moments.xx += x * x;
    moments.yy += y * y;
    moments.xy += x * y;
  }
}

function correlationOf({ n, x, y, xx, yy, xy }: Moments): number | null {
  if (n < 3) return null;
  const spread = Math.sqrt((xx - (x * x) / n) * (yy - (y * y) / n));
  return spread > 0 ? (xy - (x * y) / n) / spread : null;
}

/** |δ| / |w| of weights that are not 0. */
function drifts({ name, start, init, finetuned }: PairChunk): Float32Array {
  const ratios = new Float32Array(init.length);
  let used = 0;
  for (let i = 0; i < init.length; i++) {
    const delta = finetuned[i]! - init[i]!;
    if (init[i] !== 0) ratios[used++] = Math.abs(delta / init[i]!);
  }
  assertFinite(name, init, start);
  assertFinite(name, finetuned, start);
  return ratios.subarray(0, used);
}

function medianOf(ranking: Ranking): number | null {
  if (ranking.total === 0) return null;
  const bin = cutBin(ranking, Math.ceil(ranking.total / 2))?.bin;
  const only = bin ?? ranking.counts.findIndex((count) => count > 0);
  return Math.sqrt(ranking.sums[only]! / ranking.counts[only]!);
}

/**
 * Surveys both checkpoints in one pass.
 *
 * @param largestDrift median |δ|/|w| above which they are considered to have different bases
 * @throws {PurifyError} `ERR_NOT_FINITE`; `ERR_MISMATCH` for an implausible drift
 */
export async function survey(
  pairs: WeightPairs,
  { largestDrift, signal }: { largestDrift: number; signal?: AbortSignal | undefined },
): Promise<Survey> {
  const ranking = createRanking();
  const moments: Moments = { n: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
  for (const tensor of pairs.tensors)
    for await (const chunk of pairs.chunks(tensor)) {
      await takeTurn();
      signal?.throwIfAborted();
      addToRanking(ranking, drifts(chunk));
      addMoments(moments, chunk);
    }
  const medianDrift = medianOf(ranking);
  if (medianDrift !== null && medianDrift > largestDrift)
    throw new PurifyError(
      "ERR_MISMATCH",
      `fine-purify: half of the weights moved by ${medianDrift.toPrecision(3)} times their size or more, at most ${largestDrift} is plausible; is the initial checkpoint the one that was fine-tuned?`,
      { fields: { medianDrift, largestDrift } },
    );
  return { medianDrift, correlation: correlationOf(moments) };
}
