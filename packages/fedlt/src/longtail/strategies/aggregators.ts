import { FedError, optionsOf, real, refuseUnknown, whole } from "../../errors";
import type { ClientUpdate } from "../../federation/runtime/strategy";
import { flatten } from "../../federation/tensors/flat-tensors";
import { mapTensors, type NamedTensors } from "../../federation/tensors/named-tensors";
import { weightedSum } from "../../federation/tensors/tensor-math";

/** The rule that combines updates into one model. */
export interface Aggregator {
  readonly name: string;
  /** `sum` works under secure aggregation; `updates` needs each update. */
  readonly needs: "sum" | "updates";
  /** Does not look at sample counts. Default false. */
  readonly isUnweighted?: boolean | undefined;
  combine(updates: readonly ClientUpdate[]): NamedTensors;
}

/** Shares n_k/Σn of the updates. */
export function sampleShares(updates: readonly ClientUpdate[]): number[] {
  const total = updates.reduce((sum, { numSamples }) => sum + numSamples, 0);
  return updates.map(({ numSamples }) => numSamples / total);
}

/**
 * The weighted mean of the updates, Σ (n_k/Σn)·θ_k.
 * @param options.weights `"samples"` (default) trusts the sample counts that clients claim, `"equal"` ignores them
 * @see McMahan et al. 2017, algorithm 1
 */
export function weightedMean(options: { weights?: "samples" | "equal" } = {}): Aggregator {
  const { weights = "samples", ...rest } = optionsOf("weightedMean", options);
  refuseUnknown("weightedMean", rest);
  return {
    name: "weighted-mean",
    needs: "sum",
    isUnweighted: weights === "equal",
    combine: (updates) => {
      const shares =
        weights === "samples" ? sampleShares(updates) : updates.map(() => 1 / updates.length);
      return weightedSum(updates.map(({ params }, i) => ({ weight: shares[i]!, tensors: params })));
    },
  };
}

/**
 * The trimmed mean: for each element, the plain mean without the ⌊share·n⌋ largest and the ⌊share·n⌋ smallest values.
 *
 * @param options.share 0 ≤ share < 0.5 (default 0.1)
 * @throws {FedError} `ERR_RANGE`
 * @see Yin et al. 2018, definition 2
 */
export function trimmedMean(options: { share?: number } = {}): Aggregator {
  const { share = 0.1, ...rest } = optionsOf("trimmedMean", options);
  refuseUnknown("trimmedMean", rest);
  real("trimmedMean", "share", share, { min: 0, max: 0.4999 });
  return {
    name: "trimmed-mean",
    needs: "updates",
    isUnweighted: true,
    combine: (updates) => {
      const cut = Math.floor(share * updates.length);
      return perElement(updates, (column) => meanBetween(column, cut, column.length - cut));
    },
  };
}

/**
 * The coordinate-wise median: for each element, the middle of the updates' values, or the mean of the two in the middle. It
 * withstands any false values from fewer than half of the clients.
 *
 * @see Yin et al. 2018, definition 1
 */
export function coordinateMedian(): Aggregator {
  return {
    name: "median",
    needs: "updates",
    isUnweighted: true,
    combine: (updates) => {
      const cut = Math.floor((updates.length - 1) / 2);
      return perElement(updates, (column) => meanBetween(column, cut, column.length - cut));
    },
  };
}

/** For each element of the model, a number made from the updates' values in ascending order. */
const perElement = (
  updates: readonly ClientUpdate[],
  combine: (column: Float64Array) => number,
): NamedTensors => {
  const column = new Float64Array(updates.length);
  return mapTensors(updates[0]!.params, ({ data }, name) =>
    data.map((_, i) => {
      for (const [k, { params }] of updates.entries()) column[k] = params.get(name)!.data[i]!;
      return combine(column.sort());
    }),
  );
};

/** The mean of the elements from `from` to before `to`. */
function meanBetween(column: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += column[k]!;
  return sum / (to - from);
}

/**
 * The update closest to its n − f − 2 nearest neighbours (Krum), or the plain mean of the `keep` best such updates
 * (Multi-Krum).
 *
 * @param options.byzantine f, the number of clients that may be malicious; n must be at least 2f + 3
 * @param options.keep updates to average (default 1)
 * @throws {FedError} `ERR_RANGE`; when combining, `ERR_QUORUM` for fewer than 2f + 3 updates
 * @see Blanchard et al. 2017, section 4
 */
export function krum(options: { byzantine: number; keep?: number }): Aggregator {
  const { byzantine, keep = 1, ...rest } = optionsOf("krum", options);
  refuseUnknown("krum", rest);
  whole("krum", "byzantine", byzantine, { min: 0 });
  whole("krum", "keep", keep, { min: 1 });
  return {
    name: "krum",
    needs: "updates",
    isUnweighted: true,
    combine: (updates) => {
      const least = 2 * byzantine + 3;
      if (updates.length < least)
        throw new FedError(
          "ERR_QUORUM",
          `fedlt/krum: ${byzantine} Byzantine clients need at least ${least} updates, got ${updates.length}`,
          {
            fields: { byzantine, updates: updates.length },
          },
        );
      const scores = krumScores(updates, byzantine);
      const best = [...scores.keys()]
        .sort((a, b) => scores[a]! - scores[b]! || a - b)
        .slice(0, keep);
      return weightedSum(
        best.map((k) => ({ weight: 1 / best.length, tensors: updates[k]!.params })),
      );
    },
  };
}

function krumScores(updates: readonly ClientUpdate[], byzantine: number): number[] {
  const vectors = updates.map(({ params }) => flatten(params));
  const distance = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
  return vectors.map((own, k) => {
    const others = vectors.filter((_, j) => j !== k).map((other) => distance(own, other));
    const nearest = others.sort((a, b) => a - b).slice(0, updates.length - byzantine - 2);
    return nearest.reduce((sum, d) => sum + d, 0);
  });
}
