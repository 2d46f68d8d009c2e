import { optionsOf, real, refuseUnknown, whole } from "../../errors";
import { drawNormal } from "../../federation/random/draws";
import { secureRandom } from "../../federation/random/secure-random";
import type { Random } from "../../federation/random/stream";
import type { ClientUpdate, ServerState, Strategy } from "../../federation/runtime/strategy";
import { mapTensors, type ReadonlyTensors } from "../../federation/tensors/named-tensors";
import { addScaled, clipToNorm, subtract, weightedSum } from "../../federation/tensors/tensor-math";
import { perClass } from "../local/client-part";
import { completeLocalConfig } from "../local/local-config";
import {
  type AdaptiveClip,
  completeAdaptiveClip,
  nextClip,
  WITHIN_CLIP,
  withinClip,
} from "./adaptive-clip";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "./fed-avg";

/** Options of `dpFedAvg`. */
export interface DpFedAvgOptions extends Omit<FedAvgOptions, "aggregator"> {
  /** S, the norm to which each client's change of the model is clipped; with `adaptiveClip` that of the first round. */
  readonly clipNorm: number;
  /** Lets S follow a quantile of the changes' norms. Default: S stays as it is. */
  readonly adaptiveClip?: AdaptiveClip | undefined;
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
 * With `adaptiveClip` clients report whether their change lay within S, which then follows the wanted quantile: use it where nobody
 * knows how large changes are. The cost stays that of z: the sum gets more noise, as the noisy count takes its share.
 *
 * @throws {FedError} `ERR_RANGE`; when aggregating with `adaptiveClip`, `ERR_ARGUMENT` for an update that does not report
 * @see McMahan et al. 2018, algorithm 1; Andrew et al. 2021, algorithm 1
 */
export function dpFedAvg(given: DpFedAvgOptions): Strategy {
  const {
    clipNorm: firstClip,
    adaptiveClip,
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
  real("dpFedAvg", "clipNorm", firstClip, { above: 0 });
  real("dpFedAvg", "noiseMultiplier", noiseMultiplier, { min: 0 });
  real("dpFedAvg", "samplingRate", samplingRate, { above: 0, max: 1 });
  whole("dpFedAvg", "population", population, { min: 1 });
  const expected = samplingRate * population;
  const complete = completeLocalConfig(options.local);
  const adaptive =
    adaptiveClip && completeAdaptiveClip(adaptiveClip, { noiseMultiplier, expected });
  const clipIn = ({ values }: ServerState) => Number(values["clip-norm"] ?? firstClip);
  return {
    ...fedAvg(options),
    name: "DP-FedAvg",
    isUnweighted: true,
    configureFit: ({ state }, clients) => {
      const clipNorm = clipIn(state);
      const part = { name: "dp-fed-avg", clipNorm, ...(adaptive && { isAdaptive: true }) };
      return sameForAll(clients, { config: taskConfig({ ...complete, part }) });
    },
    aggregateFit: ({ state }, updates) => {
      const clipNorm = clipIn(state);
      const sum = sumOfChanges(state.params, updates, clipNorm);
      const deviation = (adaptive?.sumNoise ?? noiseMultiplier) * clipNorm;
      const noisy = mapTensors(sum, ({ data }) =>
        data.map((value) => value + deviation * drawNormal(random)),
      );
      const params = addScaled(state.params, noisy, serverLr / expected);
      if (!adaptive) return { state: { ...state, params } };
      const next = nextClip(clipNorm, updates, adaptive, random);
      const values = { ...state.values, "clip-norm": next.clipNorm };
      const metrics = { "clip-norm": clipNorm, [WITHIN_CLIP]: next.within };
      return { state: { ...state, params, values }, metrics };
    },
    ...(adaptive && {
      checkUpdate: withinClip,
      sumGroups: () => new Map([[WITHIN_CLIP, perClass([0])]]),
    }),
  };
}
