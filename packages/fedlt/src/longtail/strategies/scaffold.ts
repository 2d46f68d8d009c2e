import { optionsOf, refuseUnknown } from "../../errors";
import {
  checkMetric,
  checkSteps,
  type FitInstruction,
  type Strategy,
  withGroups,
} from "../../federation/runtime/strategy";
import {
  pickTensors,
  type ReadonlyTensors,
  zerosLike,
} from "../../federation/tensors/named-tensors";
import { addScaled, subtract, weightedSum } from "../../federation/tensors/tensor-math";
import { completeLocalConfig } from "../local/local-config";
import { type FedAvgOptions, fedAvg, isRunningStatistic, taskConfig } from "./fed-avg";
import { novaNorm } from "./fed-nova";

/**
 * SCAFFOLD, control variates against client drift: each gradient of client k is corrected by c − c_k. After the round
 * c_k := c_k − c + (θ − θ_k)/(a·lr), with a the local steps (with momentum: their total weight), and c moves by the mean
 * change over all clients.
 *
 * The server keeps every c_k, so clients are stateless and may be replaced. This costs one copy of the model per client.
 *
 * @throws {FedError} when aggregating: `ERR_ARGUMENT` for an update without the metric `steps`
 * @see Karimireddy et al. 2020, algorithm 1, option II
 */
export function scaffold(given: FedAvgOptions = {}): Strategy {
  const { local, serverLr, aggregator, ...rest } = optionsOf("scaffold", given);
  refuseUnknown("scaffold", rest);
  const options = { local, serverLr, aggregator };
  const { lr = 0.1, momentum = 0.9 } = options.local ?? {};
  const base = fedAvg(options);
  const config = taskConfig({
    ...completeLocalConfig(options.local),
    part: { name: "scaffold" },
  });
  const weights = (params: ReadonlyTensors) =>
    pickTensors(params, (name) => !isRunningStatistic(name));
  return {
    ...base,
    name: "SCAFFOLD",
    needs: "updates",
    checkUpdate: (update, task) => checkSteps("scaffold", update, task),
    configureFit: ({ state }, clients) => {
      const control = state.groups.get("control") ?? zerosLike(weights(state.params));
      return new Map(
        clients.map((clientId): [string, FitInstruction] => {
          const own = state.groups.get(`control/${clientId}`) ?? zerosLike(control);
          const groups = new Map([["correction", subtract(control, own)]]);
          return [clientId, { config, groups }];
        }),
      );
    },
    aggregateFit: async (context, updates) => {
      const { state, population } = context;
      const control = state.groups.get("control") ?? zerosLike(weights(state.params));
      for (const update of updates) checkMetric("scaffold", update, "steps", { min: 1 });
      const changes = updates.map(({ clientId, params, metrics }) => {
        const drift = subtract(weights(state.params), weights(params));
        return {
          clientId,
          change: addScaled(
            scaled(drift, 1 / (novaNorm(metrics!.steps!, momentum) * lr)),
            control,
            -1,
          ),
        };
      });
      const own = changes.map(({ clientId, change }) => {
        const before = state.groups.get(`control/${clientId}`) ?? zerosLike(control);
        return [`control/${clientId}`, addScaled(before, change, 1)] as const;
      });
      const share = 1 / Math.max(population.length, updates.length);
      const moved = weightedSum([
        { weight: 1, tensors: control },
        ...changes.map(({ change }) => ({ weight: share, tensors: change })),
      ]);
      const { state: next } = await base.aggregateFit(context, updates);
      return { state: { ...next, groups: withGroups(state.groups, [["control", moved], ...own]) } };
    },
  };
}

const scaled = (tensors: ReadonlyTensors, weight: number) => weightedSum([{ weight, tensors }]);
