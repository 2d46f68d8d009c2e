import { listOf, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import { seededRandom } from "../random/seeds";
import { passAtK } from "./pass-at-k";
import { type Candidate, type SelectionMethod, select } from "./select";

/** A scored solution whose answer was checked. */
export interface CheckedCandidate extends Candidate {
  readonly correct: boolean;
}

/** The accuracy with n solutions per problem. */
export interface CurvePoint {
  readonly n: number;
  readonly accuracy: number;
  /** 95 % percentile interval of a bootstrap over problems. */
  readonly low: number;
  readonly high: number;
}

/** Options of {@link bestOfNCurve}. */
export interface BestOfNCurveOptions {
  /** `"oracle"`: whether any solution is right. Default `"weighted"`. */
  readonly method?: SelectionMethod | "oracle" | undefined;
  /** Default: powers of two up to the smallest pool. */
  readonly ns?: readonly number[] | undefined;
  /** Random subsets per problem and n, for votes; the other methods are exact. Default 200. */
  readonly subsets?: number | undefined;
  /** Default 1000. */
  readonly bootstraps?: number | undefined;
  /** Default: a fixed sequence. */
  readonly random?: (() => number) | undefined;
}

/**
 * The exact expected accuracy of the best of n random ones out of M scored solutions:
 * `Σ_{i=n..M} ok_(i) · C(i−1, n−1)/C(M, n)` over ascending scores; equal scores share their accuracy.
 */
export function expectedBestOfN(pool: readonly CheckedCandidate[], n: number): number {
  const value = ({ score }: Candidate) => score ?? Number.NEGATIVE_INFINITY;
  const sorted = [...pool].sort((a, b) => value(a) - value(b));
  const size = sorted.length;
  let accuracy = 0;
  let weight = n / size; // C(i−1, n−1)/C(M, n) at i = M
  for (let i = size; i >= n; ) {
    let [first, right, weights] = [i, 0, 0];
    while (first >= 1 && value(sorted[first - 1]!) === value(sorted[i - 1]!)) {
      right += sorted[first - 1]!.correct ? 1 : 0;
      if (first >= n) {
        weights += weight;
        weight *= first > 1 ? (first - n) / (first - 1) : 0;
      }
      first--;
    }
    accuracy += (weights * right) / (i - first);
    i = first;
  }
  return accuracy;
}

/** The share of random subsets of n whose vote is right. */
function voteAccuracy(
  pool: readonly CheckedCandidate[],
  n: number,
  method: SelectionMethod,
  subsets: number,
  random: () => number,
): number {
  let right = 0;
  const order = [...pool];
  const tries = n === pool.length ? 1 : subsets;
  for (let t = 0; t < tries; t++) {
    if (n < order.length)
      for (let i = 0; i < n; i++) {
        const j = i + Math.floor(random() * (order.length - i));
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
    const { index } = select(order.slice(0, n), method);
    if (index !== null && order[index]!.correct) right++;
  }
  return right / tries;
}

function powersOfTwo(limit: number): number[] {
  return Array.from({ length: Math.floor(Math.log2(limit)) + 1 }, (_, i) => 2 ** i);
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

function bootstrap(values: readonly number[], count: number, random: () => number) {
  const means = Float64Array.from({ length: count }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!;
    return sum / values.length;
  }).sort();
  const at = (share: number) => means[Math.min(count - 1, Math.floor(share * count))]!;
  return { low: at(0.025), high: at(0.975) };
}

/**
 * The accuracy of a way to choose, over the number of solutions per problem, from one pool of scored solutions each.
 *
 * @param pools the solutions of each problem
 * @returns a point per n with an interval over problems
 * @throws {PrmError} `ERR_ARGUMENT` without pools, `ERR_RANGE` where n exceeds a pool
 */
export function bestOfNCurve(
  pools: readonly (readonly CheckedCandidate[])[],
  options: BestOfNCurveOptions = {},
): CurvePoint[] {
  listOf("bestOfNCurve", "pools", pools);
  const {
    method = "weighted",
    ns,
    subsets = 200,
    bootstraps = 1000,
    random = seededRandom(0),
    ...rest
  } = optionsOf("bestOfNCurve", options);
  refuseUnknown("bestOfNCurve", rest);
  const smallest = Math.min(...pools.map(({ length }) => length));
  if (pools.length === 0 || smallest === 0)
    throw new PrmError("ERR_ARGUMENT", "bestOfNCurve: each problem needs solutions");
  whole("bestOfNCurve", "subsets", subsets, { min: 1 });
  whole("bestOfNCurve", "bootstraps", bootstraps, { min: 1 });
  return (ns ?? powersOfTwo(smallest)).map((n) => {
    whole("bestOfNCurve", "n", n, { min: 1, max: smallest });
    const accuracies = pools.map((pool) => {
      if (method === "best-of-n" || n === 1) return expectedBestOfN(pool, n);
      if (method === "oracle")
        return passAtK(pool.length, pool.filter(({ correct }) => correct).length, n);
      return voteAccuracy(pool, n, method, subsets, random);
    });
    return { n, accuracy: mean(accuracies), ...bootstrap(accuracies, bootstraps, random) };
  });
}
