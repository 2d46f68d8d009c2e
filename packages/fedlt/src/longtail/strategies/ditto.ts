import { optionsOf, real, refuseUnknown } from "../../errors";
import type { Strategy } from "../../federation/runtime/strategy";
import { completeLocalConfig } from "../local/local-config";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "./fed-avg";

/** Options of `ditto`. */
export interface DittoOptions extends FedAvgOptions {
  /** λ ≥ 0, how much a personal model is held to the shared one; 0 is training alone. Default 0.1. */
  readonly lambda?: number | undefined;
}

/**
 * Ditto, a personal model beside the shared one: FedAvg, and in each of its rounds every client takes as many steps more, of its
 * own model v_k along ∇L_k(v_k) + λ(v_k − θ), where θ is the received one. v_k begins as the first θ.
 *
 * Use it where each client is to be served by its own data too, or must be safe from a shared model that others have
 * spoilt. Personal models stay with the clients, which keep them in `personal` of `createTrainer`; the server needs sums only,
 * so that it works under secure aggregation.
 *
 * @throws {FedError} `ERR_RANGE`
 * @see Li et al. 2021 (Ditto), algorithm 1
 */
export function ditto(given: DittoOptions = {}): Strategy {
  const { lambda = 0.1, local, serverLr, aggregator, ...rest } = optionsOf("ditto", given);
  refuseUnknown("ditto", rest);
  real("ditto", "lambda", lambda, { min: 0 });
  const part = { name: "ditto", lambda };
  const config = taskConfig({ ...completeLocalConfig(local), part });
  return {
    ...fedAvg({ local, serverLr, aggregator }),
    name: "Ditto",
    configureFit: (_context, clients) => sameForAll(clients, { config }),
  };
}
