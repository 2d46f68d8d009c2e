import type { Complete } from "../../complete";
import { optionsOf, real, refuseUnknown, whole } from "../../errors";
import type { FederationOptions } from "./federation-types";

const names: readonly (keyof FederationOptions)[] = [
  "transport",
  "strategy",
  "initial",
  "rounds",
  "seed",
  "clientsPerRound",
  "selectClients",
  "minClients",
  "waitMs",
  "population",
  "limits",
  "evaluate",
  "evaluateEvery",
  "journal",
  "onMissedQuorum",
  "collector",
  "signal",
  "quorum",
  "deadlineMs",
  "giveUpMs",
];

/** Options that a federation can do without. */
type Optional =
  | "clientsPerRound"
  | "selectClients"
  | "population"
  | "evaluate"
  | "journal"
  | "collector"
  | "signal";

/** A federation's options with every default filled in. */
export type FederationSettings = Complete<Omit<FederationOptions, Optional>> &
  Pick<FederationOptions, Optional>;

/**
 * Fills in defaults and checks options.
 * @param where the function that was called
 * @throws {FedError} `ERR_RANGE`, `ERR_ARGUMENT`; `ERR_SECURE` for a collector that cannot serve the strategy
 */
export function federationSettings(where: string, options: FederationOptions): FederationSettings {
  const {
    transport,
    strategy,
    initial,
    rounds,
    seed = 0,
    clientsPerRound,
    selectClients,
    quorum = 1,
    minClients = quorum,
    population,
    limits = {},
    evaluate,
    evaluateEvery = 1,
    journal,
    onMissedQuorum = "fail",
    collector,
    signal,
    deadlineMs = 600_000,
    giveUpMs = 10 * deadlineMs,
    waitMs = giveUpMs,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest, names);
  whole(where, "rounds", rounds, { min: 0 });
  whole(where, "seed", seed, { min: 0 });
  whole(where, "quorum", quorum, { min: 1 });
  whole(where, "evaluateEvery", evaluateEvery, { min: 1 });
  if (clientsPerRound !== undefined)
    whole(where, "clientsPerRound", clientsPerRound, { min: quorum });
  const { maxChangeNorm, maxSamples, ...others } = optionsOf(`${where}: limits`, limits);
  refuseUnknown(`${where}: limits`, others);
  if (maxSamples !== undefined) whole(where, "limits.maxSamples", maxSamples, { min: 1 });
  if (maxChangeNorm !== undefined) real(where, "limits.maxChangeNorm", maxChangeNorm, { above: 0 });
  collector?.prepare(strategy);
  return {
    transport,
    strategy,
    initial,
    rounds,
    seed,
    clientsPerRound,
    selectClients,
    quorum,
    minClients,
    waitMs,
    population,
    limits,
    evaluate,
    evaluateEvery,
    journal,
    onMissedQuorum,
    collector,
    signal,
    deadlineMs,
    giveUpMs,
  };
}
