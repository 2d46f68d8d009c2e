import { optionsOf, real, refuseUnknown, whole } from "../../errors";
import { drawNormal } from "../../federation/random/draws";
import { secureRandom } from "../../federation/random/secure-random";
import type { Random } from "../../federation/random/stream";
import type { ClientUpdate, Strategy } from "../../federation/runtime/strategy";
import { mapTensors, type ReadonlyTensors } from "../../federation/tensors/named-tensors";
import { addScaled, clipToNorm, subtract, weightedSum } from "../../federation/tensors/tensor-math";
import { completeLocalConfig } from "../local/local-config";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "./fed-avg";

/** Options of `dpFedAvg`. */
export interface DpFedAvgOptions extends Omit<FedAvgOptions, "aggregator"> {
  /** S, the norm to which each client's change of the model is clipped. */
  readonly clipNorm: number;
  /** z: the sum of changes gets Gaussian noise of standard deviation z·S on every number. */
  readonly noiseMultiplier: number;
  /** q: each client takes part with this probability, independently (Poisson sampling); see `poissonClients`. */
  readonly samplingRate: number;
  /** Number of all clients. The sum is divided by q·population, which does not reveal who took part. */
  readonly population: number;
  /** Uniform numbers in [0, 1) for the noise; must be unpredictable. Default: the platform's secure generator. */
  readonly random?: Random | undefined;
}

/**
 * The sum of clipped changes. Under secure aggregation one update is the mean of several clients', each of which has clipped
 * its own: then the mean's norm is at most S too, and it is clipped all the same, whatever it claims to represent.
 */
function sumOfChanges(before: ReadonlyTensors, updates: readonly ClientUpdate[], clipNorm: number) {
  return weightedSum(
    updates.map(({ params, clients = 1 }) => ({
      weight: clients,
      tensors: clipToNorm(subtract(params, before), clipNorm),
    })),
  );
}

/**
 * FedAvg with differential privacy per client: changes clipped to S, summed without weights, Gaussian noise z·S added once
 * on the server, divided by the expected number of clients. `privacySpent` returns the privacy cost after a number of rounds.
 *
 * The server clips every update again, so the guarantee does not depend on the clients: a federation passes on only the
 * fields of an update that it knows, so none can claim to stand for several clients. Under secure aggregation, which hides
 * single updates, it depends on the clients' clipping.
 *
 * @throws {FedError} `ERR_RANGE`
 * @see McMahan et al. 2018, algorithm 1
 */
export function dpFedAvg(given: DpFedAvgOptions): Strategy {
  const {
    clipNorm,
    noiseMultiplier,
    samplingRate,
    population,
    random = secureRandom,
    local,
    serverLr = 1,
    ...rest
  } = optionsOf("dpFedAvg", given);
  refuseUnknown("dpFedAvg", rest);
  const options = { local, serverLr };
  real("dpFedAvg", "clipNorm", clipNorm, { above: 0 });
  real("dpFedAvg", "noiseMultiplier", noiseMultiplier, { min: 0 });
  real("dpFedAvg", "samplingRate", samplingRate, { above: 0, max: 1 });
  whole("dpFedAvg", "population", population, { min: 1 });
  const part = { name: "dp-fed-avg", clipNorm };
  const config = taskConfig({ ...completeLocalConfig(options.local), part });
  const expected = samplingRate * population;
  return {
    ...fedAvg(options),
    name: "DP-FedAvg",
    isUnweighted: true,
    configureFit: (_context, clients) => sameForAll(clients, { config }),
    aggregateFit: ({ state }, updates) => {
      const sum = sumOfChanges(state.params, updates, clipNorm);
      const deviation = noiseMultiplier * clipNorm;
      const noisy = mapTensors(sum, ({ data }) =>
        data.map((value) => value + deviation * drawNormal(random)),
      );
      return { state: { ...state, params: addScaled(state.params, noisy, serverLr / expected) } };
    },
  };
}
