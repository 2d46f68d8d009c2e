import { optionsOf, real, refuseUnknown } from "../../errors";
import { type FitInstruction, type Strategy, withGroups } from "../../federation/runtime/strategy";
import { completeLocalConfig } from "../local/local-config";
import { type FedAvgOptions, fedAvg, taskConfig } from "./fed-avg";

/** Options of `moon`. */
export interface MoonOptions extends FedAvgOptions {
  /** μ ≥ 0, the weight of the contrastive loss. Default 1. */
  readonly weight?: number | undefined;
  /** τ > 0. Default 0.5. */
  readonly temperature?: number | undefined;
}

/**
 * MOON, contrast between models: a client's features of its rows are drawn to those under the received model and pushed
 * from those under its own model of its last round, by μ·ℓ_con beside the cross-entropy. The features are the encoder's, which has
 * the part of the paper's projection head.
 *
 * Use it for networks whose features drift apart, such as those for images of skewed classes. The server keeps each
 * client's last model, so that clients are stateless and may be replaced. This costs one copy of the model per client,
 * and sends it with each task.
 *
 * @throws {FedError} `ERR_RANGE`
 * @see Li, He and Song 2021, algorithm 1 and equation 3
 */
export function moon(given: MoonOptions = {}): Strategy {
  const {
    weight = 1,
    temperature = 0.5,
    local,
    serverLr,
    aggregator,
    ...rest
  } = optionsOf("moon", given);
  refuseUnknown("moon", rest);
  real("moon", "weight", weight, { min: 0 });
  real("moon", "temperature", temperature, { above: 0 });
  const base = fedAvg({ local, serverLr, aggregator });
  const part = { name: "moon", weight, temperature };
  const config = taskConfig({ ...completeLocalConfig(local), part });
  return {
    ...base,
    name: "MOON",
    needs: "updates",
    configureFit: ({ state }, clients) =>
      new Map(
        clients.map((clientId): [string, FitInstruction] => {
          const previous = state.groups.get(`local/${clientId}`);
          return [
            clientId,
            { config, ...(previous && { groups: new Map([["previous", previous]]) }) },
          ];
        }),
      ),
    aggregateFit: async (context, updates) => {
      const { state } = await base.aggregateFit(context, updates);
      const own = updates.map(({ clientId, params }) => [`local/${clientId}`, params] as const);
      return { state: { ...state, groups: withGroups(state.groups, own) } };
    },
  };
}
