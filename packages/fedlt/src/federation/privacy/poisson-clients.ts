import { optionsOf, real, refuseUnknown } from "../../errors";
import { secureRandom } from "../random/secure-random";
import type { Random } from "../random/stream";

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
