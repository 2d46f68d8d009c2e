import type { OptionNames } from "@deepgrain/support";
import { checkInteger, checkNumber } from "../check";
import { optionsOf, real, refuseUnknown } from "../errors";
import { knownOptions } from "../known-options";
import { completeLocalConfig } from "../local/local-config";
import { drawNormal } from "../random/draws";
import type { Random } from "../random/stream";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "../strategies/fed-avg";
import type { ClientUpdate, Strategy } from "../strategies/strategy";
import { mapTensors, type ReadonlyTensors } from "../tensors/named-tensors";
import { addScaled, clipToNorm, subtract, weightedSum } from "../tensors/tensor-math";

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

const dpFedAvgOptionNames: OptionNames<DpFedAvgOptions> = {
  clipNorm: true,
  noiseMultiplier: true,
  samplingRate: true,
  population: true,
  random: true,
  local: true,
  serverLr: true,
};

/** Uniform numbers from the platform's secure generator, 53 bits each. */
export const secureRandom: Random = () => {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
};

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
    ...options
  } = knownOptions("dpFedAvg", given, dpFedAvgOptionNames);
  checkNumber("dpFedAvg", "clipNorm", clipNorm, { min: 0, isOpen: true });
  checkNumber("dpFedAvg", "noiseMultiplier", noiseMultiplier, { min: 0 });
  checkNumber("dpFedAvg", "samplingRate", samplingRate, { min: 0, max: 1, isOpen: true });
  checkInteger("dpFedAvg", "population", population, 1);
  const { serverLr = 1 } = options;
  const config = taskConfig({ ...completeLocalConfig(options.local), clipUpdate: clipNorm });
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

/**
 * Poisson sampling for `runFederation`'s `selectClients`: each client takes part with probability q, as the accountant
 * assumes. Rounds may be empty; use `onMissedQuorum: "skip"`.
 *
 * Amplification by sampling holds only if nobody knows who takes part. The draws therefore come from the platform's secure
 * generator and never from the run's seed, which every task carries; a round that is run again after a crash draws anew.
 *
 * @param samplingRate q, 0 < q ≤ 1
 * @param options.random uniform numbers in [0, 1); must be unpredictable. Default: the platform's secure generator
 * @throws {FedError} `ERR_RANGE`
 */
export function poissonClients(
  samplingRate: number,
  options: { random?: Random | undefined } = {},
): (round: number, connected: readonly string[]) => readonly string[] {
  const { random = secureRandom, ...rest } = optionsOf("poissonClients", options);
  refuseUnknown("poissonClients", rest);
  real("poissonClients", "samplingRate", samplingRate, { above: 0, max: 1 });
  return (_round, connected) => connected.filter(() => random() < samplingRate);
}
