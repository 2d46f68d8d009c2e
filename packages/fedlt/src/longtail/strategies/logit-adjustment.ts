import { optionsOf, real, refuseUnknown } from "../../errors";
import type { Strategy } from "../../federation/runtime/strategy";
import { tensorNamed } from "../../federation/tensors/named-tensors";
import { defaultHeads, type HeadNames } from "../local/heads";
import { completeLocalConfig } from "../local/local-config";
import type { LossSpec } from "../losses/class-loss";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "./fed-avg";

/** Options of `logitAdjustment`. */
export interface LogitAdjustmentOptions extends FedAvgOptions {
  /**
   * π, the class frequencies of all data; `"reported"`: clients send their class counts with each update (a privacy cost,
   * which secure aggregation avoids) and training is plain until the first counts have arrived. Default `"reported"`.
   */
  readonly priors?: readonly number[] | "reported" | undefined;
  /** τ. Default 1. */
  readonly tau?: number | undefined;
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
}

/**
 * FedAvg whose clients train by cross-entropy on z + τ·log π and predict by z.
 *
 * With `"reported"` priors the server keeps the counts of the latest round: their sum over the clients that took part.
 *
 * @see Menon et al. 2021, equation 10
 */
export function logitAdjustment(given: LogitAdjustmentOptions = {}): Strategy {
  const {
    priors = "reported",
    tau = 1,
    heads = defaultHeads,
    local,
    serverLr,
    aggregator,
    ...rest
  } = optionsOf("logitAdjustment", given);
  refuseUnknown("logitAdjustment", rest);
  const options = { local, serverLr, aggregator };
  real("logitAdjustment", "tau", tau, { min: 0 });
  const base = fedAvg(options);
  const complete = completeLocalConfig(local);
  const lossFor = (known: readonly number[] | undefined): LossSpec =>
    known ? { name: "logit-adjusted", priors: known, tau } : { name: "cross-entropy" };
  const strategy: Strategy = {
    ...base,
    name: "logit adjustment",
    configureFit: ({ state }, clients) => {
      const known = priors === "reported" ? (state.values.priors as number[] | undefined) : priors;
      const part = priors === "reported" ? { name: "logit-adjustment" } : undefined;
      return sameForAll(clients, {
        config: taskConfig({ ...complete, loss: lossFor(known), part }),
      });
    },
    aggregateFit: async (context, updates) => {
      const next = await base.aggregateFit(context, updates);
      const reported = updates.flatMap(
        ({ groups }) => groups?.get("class-counts")?.get("values")?.data ?? [],
      );
      if (priors !== "reported" || reported.length === 0) return next;
      const counts = Array.from(reported[0]!, (_, c) =>
        reported.reduce((sum, own) => sum + own[c]!, 0),
      );
      const total = counts.reduce((sum, n) => sum + n, 0);
      const { state } = next;
      return {
        state: { ...state, values: { ...state.values, priors: counts.map((n) => n / total) } },
      };
    },
  };
  if (priors !== "reported") return strategy;
  return {
    ...strategy,
    sumGroups: ({ params }) => {
      const { length } = tensorNamed("logitAdjustment", params, `${heads.main}.bias`).data;
      const values = { shape: [length], data: new Float32Array(length) };
      return new Map([["class-counts", new Map([["values", values]])]]);
    },
  };
}
