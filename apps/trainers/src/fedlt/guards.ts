import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireTogether } from "@deepgrain/command-line/flags/given-together";
import {
  type Aggregator,
  coordinateMedian,
  dpFedAvg,
  type FederationOptions,
  krum,
  type LocalConfig,
  type PrivacySpent,
  poissonClients,
  privacySpent,
  type Strategy,
  trimmedMean,
} from "@deepgrain/fedlt";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { guardFlags } from "./flags";

/** The flags with the method that they apply to. */
export interface GuardInput extends Values<typeof guardFlags> {
  method: string;
  clientsPerRound?: number | undefined;
  rounds: number;
  seed: number;
}

/**
 * @param clients how many there are
 * @throws {UsageError} for guards that exclude each other, and for more clients per round than there are
 */
export function checkGuards(
  { method, secure, aggregator, dpClip, dpQuantile, noiseMultiplier, ...given }: GuardInput,
  clients: number,
): void {
  const { clientsPerRound = clients, byzantine } = given;
  if (clientsPerRound > clients)
    throw new UsageError(
      `--clients-per-round must be at most --clients ${clients}, got ${clientsPerRound}`,
    );
  if (aggregator === "krum" && clientsPerRound < 2 * byzantine + 3)
    throw new UsageError(
      `--byzantine ${byzantine} needs at least ${2 * byzantine + 3} clients in a round, there are ${clientsPerRound}`,
    );
  if (secure && aggregator !== "mean")
    throw new UsageError(
      `--aggregator ${aggregator} looks at single updates, which --secure hides: leave one of them out`,
    );
  requireTogether({ dpClip, noiseMultiplier });
  if (dpQuantile !== undefined) requireTogether({ dpQuantile, dpClip });
  if (dpClip === undefined) return;
  if (method !== "fedavg")
    throw new UsageError(`--dp-clip is for --method fedavg, not for ${method}`);
  if (aggregator !== "mean")
    throw new UsageError(`--dp-clip sums updates: it excludes --aggregator ${aggregator}`);
}

/** How updates are combined, if not by their mean. */
export function aggregatorOf(given: GuardInput): Aggregator | undefined {
  const { aggregator, trim, byzantine, krumKeep } = given;
  if (aggregator === "trimmed-mean") return trimmedMean({ share: trim });
  if (aggregator === "median") return coordinateMedian();
  if (aggregator === "krum") return krum({ byzantine, keep: krumKeep });
  return undefined;
}

/** The changes that DP-FedAvg makes to a federation. */
export interface PrivateRounds {
  strategy: Strategy;
  federation: Pick<FederationOptions, "selectClients" | "onMissedQuorum">;
  spent: PrivacySpent & { delta: number };
}

/**
 * DP-FedAvg with Poisson sampling of clients, and its privacy cost for each of them; undefined if it was not requested.
 * @param population all clients
 */
export function privateRounds(
  given: GuardInput,
  { local, population }: { local: LocalConfig; population: number },
): PrivateRounds | undefined {
  const {
    dpClip,
    dpQuantile,
    noiseMultiplier,
    clientsPerRound = population,
    rounds,
    delta,
  } = given;
  if (dpClip === undefined || noiseMultiplier === undefined) return undefined;
  const samplingRate = Math.min(1, clientsPerRound / population);
  const mechanism = { samplingRate, noiseMultiplier };
  return {
    strategy: dpFedAvg({
      ...mechanism,
      local,
      clipNorm: dpClip,
      adaptiveClip: dpQuantile === undefined ? undefined : { quantile: dpQuantile },
      population,
    }),
    federation: { selectClients: poissonClients(samplingRate), onMissedQuorum: "skip" },
    spent: { ...privacySpent({ ...mechanism, steps: rounds, delta }), delta },
  };
}
