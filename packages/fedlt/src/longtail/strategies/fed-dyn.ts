import { optionsOf, real, refuseUnknown } from "../../errors";
import { type FitInstruction, type Strategy, withGroups } from "../../federation/runtime/strategy";
import {
  mapTensors,
  pickTensors,
  type ReadonlyTensors,
  zerosLike,
} from "../../federation/tensors/named-tensors";
import { addScaled, meanOf, subtract, weightedSum } from "../../federation/tensors/tensor-math";
import { completeLocalConfig } from "../local/local-config";
import { type FedAvgOptions, fedAvg, isRunningStatistic, taskConfig } from "./fed-avg";

/** Options of `fedDyn`. */
export interface FedDynOptions extends Pick<FedAvgOptions, "local"> {
  /** α > 0, the weight of the dynamic regulariser; it takes the place of `local.mu`. Default 0.01. */
  readonly alpha?: number | undefined;
}

const weightsOf = (params: ReadonlyTensors) =>
  pickTensors(params, (name) => !isRunningStatistic(name));

/**
 * FedDyn, a regulariser that changes with every round, so that clients agree with the optimum of all: client k minimises
 * L_k(θ_k) − ⟨g_k, θ_k⟩ + (α/2)·‖θ_k − θ‖², then g_k := g_k − α(θ_k − θ). The server keeps h := h − (α/m)·Σ(θ_k − θ) over all
 * m clients, and θ := mean θ_k − h/α over those that took part, all alike.
 *
 * Use it where clients differ much and come often: it needs no share of the samples, but one copy of the model per client,
 * which the server keeps, so that clients are stateless and may be replaced. Running statistics are averaged.
 *
 * @throws {FedError} `ERR_RANGE`
 * @see Acar et al. 2021, algorithm 1
 */
export function fedDyn(given: FedDynOptions = {}): Strategy {
  const { alpha = 0.01, local, ...rest } = optionsOf("fedDyn", given);
  refuseUnknown("fedDyn", rest);
  real("fedDyn", "alpha", alpha, { above: 0 });
  const trained = { ...local, mu: alpha };
  // The linear term's gradient is −g_k, which clients add to theirs as SCAFFOLD's do.
  const config = taskConfig({ ...completeLocalConfig(trained), part: { name: "scaffold" } });
  return {
    ...fedAvg({ local: trained }),
    name: "FedDyn",
    needs: "updates",
    isUnweighted: true,
    configureFit: ({ state }, clients) => {
      const none = zerosLike(weightsOf(state.params));
      return new Map(
        clients.map((clientId): [string, FitInstruction] => {
          const own = state.groups.get(`gradient/${clientId}`) ?? none;
          return [clientId, { config, groups: new Map([["correction", subtract(none, own)]]) }];
        }),
      );
    },
    aggregateFit: ({ state, population }, updates) => {
      const before = weightsOf(state.params);
      const none = zerosLike(before);
      const changes = updates.map(({ params }) => subtract(weightsOf(params), before));
      const own = updates.map(({ clientId }, k) => {
        const gradient = state.groups.get(`gradient/${clientId}`) ?? none;
        return [`gradient/${clientId}`, addScaled(gradient, changes[k]!, -alpha)] as const;
      });
      const share = alpha / Math.max(population.length, updates.length);
      const h = weightedSum([
        { weight: 1, tensors: state.groups.get("h") ?? none },
        ...changes.map((tensors) => ({ weight: -share, tensors })),
      ]);
      const params = mapTensors(
        meanOf(updates.map((update) => update.params)),
        ({ data }, name) => {
          const shift = h.get(name)?.data;
          return shift ? data.map((value, i) => value - shift[i]! / alpha) : data;
        },
      );
      return { state: { ...state, params, groups: withGroups(state.groups, [["h", h], ...own]) } };
    },
  };
}
