import { optionsOf, refuseUnknown } from "../../errors";
import {
  type ClientUpdate,
  checkMetric,
  checkSteps,
  type Strategy,
} from "../../federation/runtime/strategy";
import type { ReadonlyTensors } from "../../federation/tensors/named-tensors";
import { addScaled, subtract, weightedSum } from "../../federation/tensors/tensor-math";
import { sampleShares } from "./aggregators";
import { type FedAvgOptions, fedAvg } from "./fed-avg";

/**
 * a_k, the total weight of a client's gradients in its update: τ for plain SGD, with momentum ρ
 * (τ − ρ(1 − ρ^τ)/(1 − ρ))/(1 − ρ).
 * @param steps τ, local steps
 * @see Wang et al. 2020 (FedNova), section 4.1
 */
export function novaNorm(steps: number, momentum: number): number {
  if (momentum === 0) return steps;
  return (steps - (momentum * (1 - momentum ** steps)) / (1 - momentum)) / (1 - momentum);
}

/** θ − (Σ p_k a_k)·Σ p_k (θ − θ_k)/a_k. */
export function novaMean(
  before: ReadonlyTensors,
  updates: readonly ClientUpdate[],
  norms: readonly number[],
) {
  const shares = sampleShares(updates);
  const effective = shares.reduce((sum, p, k) => sum + p * norms[k]!, 0);
  const direction = weightedSum(
    updates.map(({ params }, k) => ({
      weight: shares[k]! / norms[k]!,
      tensors: subtract(before, params),
    })),
  );
  return addScaled(before, direction, -effective);
}

/**
 * FedAvg that normalises each client's update by its number of steps, so that each direction counts once.
 *
 * Clients must report the metric `steps`; this package's trainer does.
 *
 * @throws {FedError} when aggregating: `ERR_ARGUMENT` for an update without steps
 * @see Wang et al. 2020 (FedNova), equation 9
 */
export function fedNova(given: FedAvgOptions = {}): Strategy {
  const { local, serverLr, aggregator, ...rest } = optionsOf("fedNova", given);
  refuseUnknown("fedNova", rest);
  const options = { local, serverLr, aggregator };
  const momentum = options.local?.momentum ?? 0.9;
  return {
    ...fedAvg(options),
    name: "FedNova",
    needs: "updates",
    isUnweighted: false,
    checkUpdate: (update, task) => checkSteps("fedNova", update, task),
    aggregateFit: ({ state }, updates) => {
      for (const update of updates) checkMetric("fedNova", update, "steps", { min: 1 });
      const norms = updates.map(({ metrics }) => novaNorm(metrics!.steps!, momentum));
      return { state: { ...state, params: novaMean(state.params, updates, norms) } };
    },
  };
}
