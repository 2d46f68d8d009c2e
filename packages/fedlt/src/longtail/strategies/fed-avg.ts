import { optionsOf, real, refuseUnknown } from "../../errors";
import type { FitInstruction, Strategy } from "../../federation/runtime/strategy";
import type { FitTask } from "../../federation/runtime/task";
import type { NamedTensors, ReadonlyTensors } from "../../federation/tensors/named-tensors";
import { weightedSum } from "../../federation/tensors/tensor-math";
import { completeLocalConfig, type LocalConfig, type TaskConfig } from "../local/local-config";
import { type Aggregator, weightedMean } from "./aggregators";

/** Options that all strategies share. */
export interface FedAvgOptions {
  /** How clients train; see `LocalConfig` for the defaults. */
  readonly local?: LocalConfig | undefined;
  /** θ := θ + serverLr·(combined − θ) for weights and biases. Default 1. */
  readonly serverLr?: number | undefined;
  /** Default: the mean weighted by sample counts. */
  readonly aggregator?: Aggregator | undefined;
}

/** Running statistics of normalisation layers: they are averaged, never updated by a server optimiser. */
export function isRunningStatistic(name: string): boolean {
  return /running_?(mean|var)$/i.test(name);
}

/** A task's settings as plain JSON. */
export function taskConfig(config: TaskConfig): FitTask["config"] {
  return { ...config } as FitTask["config"];
}

/** The same instruction for every client. */
export function sameForAll(
  clients: readonly string[],
  instruction: FitInstruction,
): ReadonlyMap<string, FitInstruction> {
  return new Map(clients.map((clientId) => [clientId, instruction]));
}

/** before + serverLr·(combined − before); running statistics are taken from the combined model. */
export function moveTowards(
  before: ReadonlyTensors,
  combined: ReadonlyTensors,
  serverLr: number,
): NamedTensors {
  if (serverLr === 1) return new Map(combined);
  const moved = weightedSum([
    { weight: 1 - serverLr, tensors: before },
    { weight: serverLr, tensors: combined },
  ]);
  for (const [name, tensor] of combined) if (isRunningStatistic(name)) moved.set(name, tensor);
  return moved;
}

/**
 * Federated averaging: clients train by cross-entropy, the server takes the mean weighted by sample counts.
 *
 * @throws {FedError} `ERR_RANGE` for settings out of range
 * @see McMahan et al. 2017, algorithm 1
 */
export function fedAvg(options: FedAvgOptions = {}): Strategy {
  const {
    local,
    serverLr = 1,
    aggregator = weightedMean(),
    ...rest
  } = optionsOf("fedAvg", options);
  refuseUnknown("fedAvg", rest);
  const config = taskConfig(completeLocalConfig(local));
  real("fedAvg", "serverLr", serverLr, { above: 0 });
  return {
    name: "FedAvg",
    needs: aggregator.needs,
    isUnweighted: aggregator.isUnweighted ?? false,
    configureFit: (_context, clients) => sameForAll(clients, { config }),
    aggregateFit: ({ state }, updates) => ({
      state: { ...state, params: moveTowards(state.params, aggregator.combine(updates), serverLr) },
    }),
  };
}

/**
 * FedAvg whose clients are pulled back to the global model by (μ/2)·‖θ − θ_global‖².
 *
 * @param given.mu μ ≥ 0 (default 0.1)
 * @see Li et al. 2020, equation 2
 */
export function fedProx(given: FedAvgOptions & { readonly mu?: number } = {}): Strategy {
  const { mu = 0.1, local, serverLr, aggregator, ...rest } = optionsOf("fedProx", given);
  refuseUnknown("fedProx", rest);
  const options = { local, serverLr, aggregator };
  return { ...fedAvg({ ...options, local: { ...options.local, mu } }), name: "FedProx" };
}

/**
 * FedAvg whose clients train by focal loss, −(1 − p_y)^γ·log(p_y + 1e-6).
 *
 * @param given.gamma γ ≥ 0 (default 2)
 * @see Lin et al. 2017, equation 4
 */
export function fedFocal(given: FedAvgOptions & { readonly gamma?: number } = {}): Strategy {
  const { gamma = 2, local, serverLr, aggregator, ...rest } = optionsOf("fedFocal", given);
  refuseUnknown("fedFocal", rest);
  const options = { local, serverLr, aggregator };
  real("fedFocal", "gamma", gamma, { min: 0 });
  return {
    ...fedAvg({ ...options, local: { ...options.local, loss: { name: "focal", gamma } } }),
    name: "Fed-Focal",
  };
}
