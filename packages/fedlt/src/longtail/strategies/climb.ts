import { optionsOf, real, refuseUnknown } from "../../errors";
import { checkMetric, type Strategy } from "../../federation/runtime/strategy";
import { weightedSum } from "../../federation/tensors/tensor-math";
import { completeLocalConfig } from "../local/local-config";
import { sampleShares } from "./aggregators";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "./fed-avg";

/** Options of `climb`. */
export interface ClimbOptions extends FedAvgOptions {
  /** η_D, the step of the dual variables. Default 0.1. */
  readonly dualLr?: number | undefined;
  /** ε, how far a client's loss may exceed the mean. Default 0.1. */
  readonly tolerance?: number | undefined;
  /** Scales the weights to sum 1. Default true; without it the scale of the model fluctuates under partial participation. */
  readonly isNormalised?: boolean | undefined;
}

/** A mean cross-entropy, whose terms are −log p with p of at least 1e-300. */
const LOSSES = { min: 0, max: 691 };

/** One round's dual variables and weights. */
export interface ClimbRound {
  /** Aggregation weight per sampled client. */
  readonly weights: number[];
  /** L̄, the sample-weighted mean loss of the sampled clients. */
  readonly meanLoss: number;
  /** λ after the round, per sampled client. */
  readonly duals: number[];
}

/**
 * The weights (n_k/Σn)·(1 + λ_k − λ̄) with λ̄ the mean over **all** clients, and λ_k := max(0, λ_k + η_D(L_k − L̄ − ε)).
 *
 * @param sampled for each client that took part: share n_k/Σn, loss L_k of the received model, λ_k
 * @param meanDual λ̄
 * @see Shen et al. 2022 (CLIMB), algorithm 1
 */
export function climbRound(
  sampled: readonly { share: number; loss: number; dual: number }[],
  meanDual: number,
  options: Omit<ClimbOptions, keyof FedAvgOptions> = {},
): ClimbRound {
  const {
    dualLr = 0.1,
    tolerance = 0.1,
    isNormalised = true,
    ...rest
  } = optionsOf("climbRound", options);
  refuseUnknown("climbRound", rest);
  const raw = sampled.map(({ share, dual }) => share * (1 + dual - meanDual));
  const total = isNormalised ? raw.reduce((sum, w) => sum + w, 0) : 1;
  const meanLoss = sampled.reduce((sum, { share, loss }) => sum + share * loss, 0);
  return {
    weights: raw.map((w) => w / total),
    meanLoss,
    duals: sampled.map(({ loss, dual }) =>
      Math.max(0, dual + dualLr * (loss - meanLoss - tolerance)),
    ),
  };
}

/**
 * CLIMB: clients whose loss stays above the mean gain weight, through the dual variables of a constrained problem. This
 * is the intended form: in the released code, a sum taken once per tensor keeps every dual variable at 0.
 *
 * @throws {FedError} when aggregating: `ERR_ARGUMENT` for an update without the metric `loss-before`
 * @see Shen et al. 2022 (CLIMB)
 */
export function climb(given: ClimbOptions = {}): Strategy {
  const {
    dualLr = 0.1,
    tolerance = 0.1,
    isNormalised = true,
    local,
    serverLr,
    aggregator,
    ...rest
  } = optionsOf("climb", given);
  refuseUnknown("climb", rest);
  const options = { local, serverLr, aggregator };
  real("climb", "dualLr", dualLr, { min: 0 });
  real("climb", "tolerance", tolerance, { min: 0 });
  const config = taskConfig({ ...completeLocalConfig(options.local), part: { name: "climb" } });
  return {
    ...fedAvg(options),
    name: "CLIMB",
    needs: "updates",
    isUnweighted: false,
    checkUpdate: (update) => checkMetric("climb", update, "loss-before", LOSSES),
    configureFit: (_context, clients) => sameForAll(clients, { config }),
    aggregateFit: ({ state, population }, updates) => {
      const duals = (state.values.duals ?? {}) as Record<string, number>;
      const everyone = new Set([...population, ...updates.map(({ clientId }) => clientId)]);
      const meanDual = Object.values(duals).reduce((sum, dual) => sum + dual, 0) / everyone.size;
      const shares = sampleShares(updates);
      for (const update of updates) checkMetric("climb", update, "loss-before", LOSSES);
      const sampled = updates.map(({ clientId, metrics }, k) => {
        const loss = metrics!["loss-before"]!;
        return { share: shares[k]!, loss, dual: duals[clientId] ?? 0 };
      });
      const round = climbRound(sampled, meanDual, { dualLr, tolerance, isNormalised });
      const after = Object.fromEntries(
        updates.map(({ clientId }, k) => [clientId, round.duals[k]!]),
      );
      return {
        state: {
          ...state,
          params: weightedSum(
            updates.map(({ params }, k) => ({ weight: round.weights[k]!, tensors: params })),
          ),
          values: { ...state.values, duals: { ...duals, ...after } },
        },
        metrics: { "mean-loss-before": round.meanLoss },
      };
    },
  };
}
