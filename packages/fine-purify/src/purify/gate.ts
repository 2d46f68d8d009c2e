import { takeTurn } from "@deepgrain/support";
import {
  addToRanking,
  addToRefinement,
  type Cut,
  createRanking,
  createRefinement,
  cutBin,
  cutWithin,
  keptByCut,
  type Ranking,
  rankedPoints,
} from "../indicator/ranking";
import { averageRows, rootScores, rowWidth } from "../indicator/scores";
import { cleanShare, fitMixture, type Mixture } from "../mixture/fit-mixture";
import { seededRandom } from "../random";
import type { PairChunk, PairedTensor, WeightPairs } from "../weights/weight-pairs";
import type { PurifySettings } from "./options";

/** The share g of every weight's drift that is kept, 0 to 1; chunks must come in the order of the tensors. */
export interface Gate {
  of(tensor: PairedTensor, chunk: PairChunk): Float32Array | Uint8Array;
  /** The fitted Gamma distributions, in soft mode. */
  readonly mixture: Mixture | null;
  /** The scores of all weights; null for a random mask, or if all or none are kept. */
  readonly ranking: Ranking | null;
}

type Scorer = (tensor: PairedTensor, chunk: PairChunk) => Float32Array;

async function visit(
  pairs: WeightPairs,
  see: (tensor: PairedTensor, chunk: PairChunk) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const tensor of pairs.tensors)
    for await (const chunk of pairs.chunks(tensor)) {
      await takeTurn();
      signal?.throwIfAborted();
      see(tensor, chunk);
    }
}

/** √r of each weight, averaged according to the granularity. */
async function scorer(
  pairs: WeightPairs,
  { indicator, granularity, relativeEpsilon }: PurifySettings,
  signal?: AbortSignal,
): Promise<Scorer> {
  const epsilon = relativeEpsilon * ((await pairs.meanFisher()) ?? 0);
  const plain: Scorer = (_, chunk) =>
    rootScores(chunk, indicator as Exclude<typeof indicator, "random">, epsilon);
  if (granularity === "scalar") return plain;
  if (granularity === "row")
    return (tensor, chunk) => {
      const scores = plain(tensor, chunk);
      averageRows(scores, rowWidth(tensor));
      return scores;
    };
  const sums = new Map<string, number>();
  const add = (tensor: PairedTensor, chunk: PairChunk) => {
    const sum = plain(tensor, chunk).reduce((total, root) => total + root * root, 0);
    sums.set(tensor.name, (sums.get(tensor.name) ?? 0) + sum);
  };
  await visit(pairs, add, signal);
  return ({ name, size }, { init }) =>
    new Float32Array(init.length).fill(Math.sqrt(sums.get(name)! / size));
}

/** Ones with probability ρ, one draw per weight, row or tensor. */
function randomGate({ rho, seed, granularity }: PurifySettings): Gate {
  const random = seededRandom(seed);
  let [last, kept] = ["", 0];
  return {
    mixture: null,
    ranking: null,
    of(tensor, { init }) {
      const width = granularity === "scalar" ? 1 : granularity === "row" ? rowWidth(tensor) : 0;
      const gate = new Uint8Array(init.length);
      if (width === 0) {
        if (tensor.name !== last) kept = Number(random() < rho);
        last = tensor.name;
        return gate.fill(kept);
      }
      for (let start = 0; start < gate.length; start += width)
        gate.fill(Number(random() < rho), start, start + width);
      return gate;
    },
  };
}

const constantGate = (value: 0 | 1): Gate => ({
  mixture: null,
  ranking: null,
  of: (_, { init }) => new Uint8Array(init.length).fill(value),
});

/**
 * Determines for every weight how much of its drift is kept.
 *
 * @throws {PurifyError} `ERR_NO_SEPARATION` in soft mode; the signal's reason
 */
export async function gateFor(
  pairs: WeightPairs,
  settings: PurifySettings,
  signal?: AbortSignal,
): Promise<Gate> {
  const { indicator, mode, rho, em, rounds } = settings;
  if (rho === 1 || rho === 0) return constantGate(rho);
  if (indicator === "random") return randomGate(settings);
  const score = await scorer(pairs, settings, signal);
  const ranking = createRanking();
  await visit(pairs, (tensor, chunk) => addToRanking(ranking, score(tensor, chunk)), signal);
  if (mode === "soft") {
    const mixture = fitMixture(rankedPoints(ranking), { rho, em, rounds });
    return {
      mixture,
      ranking,
      of: (tensor, chunk) => score(tensor, chunk).map((root) => cleanShare(root * root, mixture)),
    };
  }
  const cut = await findCut(pairs, ranking, { rho, score }, signal);
  if (!cut) return { ...constantGate(rho < 0.5 ? 0 : 1), ranking };
  return { mixture: null, ranking, of: (tensor, chunk) => keptByCut(score(tensor, chunk), cut) };
}

async function findCut(
  pairs: WeightPairs,
  ranking: Ranking,
  { rho, score }: { rho: number; score: Scorer },
  signal?: AbortSignal,
): Promise<Cut | null> {
  const place = cutBin(ranking, Math.round(rho * ranking.total));
  if (!place) return null;
  const refinement = createRefinement();
  const add = (tensor: PairedTensor, chunk: PairChunk) =>
    addToRefinement(refinement, score(tensor, chunk), place.bin);
  await visit(pairs, add, signal);
  return cutWithin(refinement, place);
}
