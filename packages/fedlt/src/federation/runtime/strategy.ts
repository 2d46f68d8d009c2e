import { FedError } from "../../errors";
import type { NamedTensors, ReadonlyTensors, TensorGroups } from "../tensors/named-tensors";
import type { FitTask, FitUpdate, Json } from "./task";

/** The state that a federation keeps between rounds: plain data, so that a checkpoint is a copy of it. */
export interface ServerState {
  /** The global model. */
  readonly params: ReadonlyTensors;
  /** Further tensors by group: prototypes, momentum, features. */
  readonly groups: TensorGroups;
  /** Further numbers: dual variables, class weights. */
  readonly values: { readonly [key: string]: Json | undefined };
}

/** The parts of a client's task that a strategy sets. */
export interface FitInstruction {
  /** The model to send; default: the global one. */
  readonly params?: ReadonlyTensors | undefined;
  readonly groups?: TensorGroups | undefined;
  readonly config?: FitTask["config"] | undefined;
}

/** An accepted update and who sent it. */
export interface ClientUpdate extends FitUpdate {
  readonly clientId: string;
  /** Number of clients in this mean; above 1 only with secure aggregation. */
  readonly clients?: number | undefined;
}

/** A round as a strategy sees it. */
export interface RoundContext {
  /** Counted from 0. */
  readonly round: number;
  readonly seed: number;
  readonly state: ServerState;
  /** All known clients, in order. */
  readonly population: readonly string[];
  /** Ends the run: long aggregations look at it. */
  readonly signal?: AbortSignal | undefined;
}

/** The state after a round, and numbers for the log. */
export interface Aggregate {
  readonly state: ServerState;
  readonly metrics?: { readonly [name: string]: number } | undefined;
}

/** Metrics of a model. */
export type Metrics = { readonly [name: string]: number };

/** A user's test of a model. */
export type EvaluateModel = (
  params: ReadonlyTensors,
  options: { readonly round: number },
) => Metrics | Promise<Metrics>;

/**
 * The learning algorithm of a federation: three functions of plain data, modelled on Flower's strategies. None of them keeps
 * data between calls; everything persistent is in the state.
 */
export interface Strategy {
  readonly name: string;
  /**
   * The input that `aggregateFit` needs: sums over clients (then secure aggregation works, and it gets one update that holds the
   * weighted mean), or every client's update.
   */
  readonly needs: "sum" | "updates";
  /** Gives every client the same weight; secure aggregation then hides sample counts too. Default false. */
  readonly isUnweighted?: boolean | undefined;
  /** The state before the first round; default: only the model. */
  initialize?(params: ReadonlyTensors, seed: number): ServerState | Promise<ServerState>;
  /** The instruction for each chosen client. */
  configureFit(
    context: RoundContext,
    clients: readonly string[],
  ): ReadonlyMap<string, FitInstruction> | Promise<ReadonlyMap<string, FitInstruction>>;
  /** The new state from the updates, which are in the order of client ids; at least one. */
  aggregateFit(
    context: RoundContext,
    updates: readonly ClientUpdate[],
  ): Aggregate | Promise<Aggregate>;
  /** Tests the model that this strategy would return; default: the global one. */
  evaluate?(context: RoundContext, evaluate: EvaluateModel): Metrics | Promise<Metrics>;
  /** Throws to reject an update that this strategy cannot use; the round continues without it. */
  checkUpdate?(update: FitUpdate, task: FitTask): void;
  /** For secure aggregation: names and shapes of the groups that clients may report and whose plain mean is needed. */
  sumGroups?(state: ServerState): TensorGroups;
}

/**
 * Checks a metric that a strategy depends on.
 * @throws {FedError} `ERR_ARGUMENT` when it is missing, below `min` or above `max`
 */
export function checkMetric(
  place: string,
  { metrics }: FitUpdate,
  name: string,
  { min, max = Infinity }: { min: number; max?: number | undefined },
): void {
  const value = metrics?.[name];
  if (value !== undefined && value >= min && value <= max) return;
  throw new FedError(
    "ERR_ARGUMENT",
    `fedlt/${place}: clients must report the metric ${name}, at least ${min}${max === Infinity ? "" : ` and at most ${max}`}, got ${value}`,
    {
      fields: { [name]: value },
    },
  );
}

/**
 * Checks the metric `steps` of an update: at most as many as the task's epochs have batches of the client's samples.
 * @throws {FedError} `ERR_ARGUMENT`
 */
export function checkSteps(place: string, update: FitUpdate, { config }: FitTask): void {
  const { epochs, batchSize } = config as { epochs?: number; batchSize?: number };
  const max =
    epochs === undefined || batchSize === undefined
      ? undefined
      : epochs * Math.ceil(update.numSamples / batchSize);
  checkMetric(place, update, "steps", { min: 1, max });
}

/** The state that holds a model and nothing else. */
export function stateOf(params: ReadonlyTensors): ServerState {
  return { params, groups: new Map(), values: {} };
}

/** A copy of the groups with some replaced or added. */
export function withGroups(
  groups: TensorGroups,
  changed: Iterable<readonly [string, ReadonlyTensors | NamedTensors]>,
): TensorGroups {
  return new Map<string, ReadonlyTensors>([...groups, ...changed]);
}

/** Groups whose names start with `prefix/`, by the rest of the name. */
export function groupsUnder(
  groups: TensorGroups | undefined,
  prefix: string,
): Map<string, ReadonlyTensors> {
  const start = `${prefix}/`;
  return new Map(
    [...(groups ?? [])].flatMap(([name, tensors]) =>
      name.startsWith(start) ? [[name.slice(start.length), tensors] as const] : [],
    ),
  );
}
