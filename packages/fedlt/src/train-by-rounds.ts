import type { nn } from "@deepgrain/tensor-gpu";
import { functionOf, having, listOf, optionsOf, refuseUnknown } from "./errors";
import { finishFederation } from "./federation/runtime/federation";
import type {
  FederationEvent,
  FederationOptions,
  FederationResult,
} from "./federation/runtime/federation-types";
import type { Metrics } from "./federation/runtime/strategy";
import type { FitTask } from "./federation/runtime/task";
import type { ReadonlyTensors } from "./federation/tensors/named-tensors";
import { fromNamed, toNamed } from "./longtail/models/named";
import { diLoCo } from "./longtail/strategies/fed-opt";
import { withShares } from "./longtail/strategies/with-shares";

/** Options of `trainByRounds`. */
export interface RoundsOptions
  extends Pick<
    FederationOptions,
    "transport" | "rounds" | "seed" | "deadlineMs" | "waitMs" | "limits" | "journal" | "signal"
  > {
  /** The model: its weights are the first ones, and in the end it has those of the last round. */
  readonly module: nn.Module;
  /** Ids of all workers; each answers in every round. */
  readonly workers: readonly string[];
  /** Config that workers get with each task, besides `share` and `shares`: worker k of the sorted ids has share k. */
  readonly config: FitTask["config"];
  /** Of the outer Nesterov step. Default 0.7 and 0.9. */
  readonly outerLr?: number | undefined;
  readonly outerMomentum?: number | undefined;
  /** Measures the module, which has the weights of the round. */
  readonly evaluate: () => Metrics | Promise<Metrics>;
  readonly onEvent?: ((event: FederationEvent) => unknown) | undefined;
}

/**
 * Trains one model by rounds of local steps (DiLoCo): workers that run `localSteps` train on their shares, and the mean
 * change is a Nesterov step. With a journal, a run that was killed goes on after its last finished round.
 *
 * @returns the last measurement, and the traffic; the module has the trained weights
 * @throws {FedError} as `runFederation`; the signal's reason on abort
 * @see Douillard et al. 2023, algorithm 1
 */
export async function trainByRounds(
  options: RoundsOptions,
): Promise<{ metrics: Metrics; counts: FederationResult["counts"] }> {
  const { module, workers, config, outerLr, outerMomentum, evaluate, onEvent, ...federation } =
    optionsOf("trainByRounds", options);
  const { transport, rounds, seed, deadlineMs, waitMs, limits, journal, signal, ...rest } =
    federation;
  refuseUnknown("trainByRounds", rest);
  having("trainByRounds", "module", module, "namedTensors");
  listOf("trainByRounds", "workers", workers);
  functionOf("trainByRounds", "evaluate", evaluate);
  const measure = (params: ReadonlyTensors) => {
    fromNamed(module, params);
    return evaluate();
  };
  const { state, counts } = await finishFederation(
    {
      transport,
      rounds,
      seed,
      deadlineMs,
      waitMs,
      limits,
      journal,
      signal,
      strategy: withShares(diLoCo({ outerLr, outerMomentum }), config, workers),
      initial: await toNamed(module),
      quorum: workers.length,
      minClients: workers.length,
      population: workers,
      evaluate: measure,
    },
    { onEvent },
  );
  return { metrics: await measure(state.params), counts };
}
