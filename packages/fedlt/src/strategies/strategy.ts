import { FedError } from "../errors";
import type { FitTask, FitUpdate, Json } from "../runtime/task";
import type { NamedTensors, ReadonlyTensors, TensorGroups } from "../tensors/named-tensors";

/** All that a federation remembers from round to round: plain data, so that a checkpoint is a copy of it. */
export interface ServerState {
  /** The global model. */
  readonly params: ReadonlyTensors;
  /** Further tensors by group: prototypes, momentum, features. */
  readonly groups: TensorGroups;
  /** Further numbers: dual variables, class weights. */
  readonly values: { readonly [key: string]: Json | undefined };
}

/** What a strategy adds to one client's task. */
export interface FitInstruction {
  /** The model to send; default the global one. */
  readonly params?: ReadonlyTensors;
  readonly groups?: TensorGroups;
  readonly config?: FitTask["config"];
}

/** An accepted update and who sent it. */
export interface ClientUpdate extends FitUpdate {
  readonly clientId: string;
  /** How many clients' mean this is; only secure aggregation hands over more than 1. */
  readonly clients?: number;
}

/** A round as a strategy sees it. */
export interface RoundContext {
  /** From 0. */
  readonly round: number;
  readonly seed: number;
  readonly state: ServerState;
  /** All clients known, in order. */
  readonly population: readonly string[];
}

/** The state after a round, and numbers for the log. */
export interface Aggregate {
  readonly state: ServerState;
  readonly metrics?: { readonly [name: string]: number };
}

/** Numbers about a model. */
export type Metrics = { readonly [name: string]: number };

/** A user's test of a model. */
export type EvaluateModel = (
  params: ReadonlyTensors,
  options: { readonly round: number; readonly use?: "main" | "sum" },
) => Metrics | Promise<Metrics>;

/**
 * How a federation learns: three functions of plain data, in the shape of Flower's strategies. None of them keeps anything
 * between calls; what must last is in the state.
 */
export interface Strategy {
  readonly name: string;
  /**
   * What `aggregateFit` needs: sums over clients (then secure aggregation works, and it gets one update that holds the
   * weighted mean), or every client's update.
   */
  readonly needs: "sum" | "updates";
  /** Counts every client alike; secure aggregation then hides sample counts too. Default false. */
  readonly isUnweighted?: boolean;
  /** The state before the first round; default: the model alone. */
  initialize?(params: ReadonlyTensors, seed: number): ServerState | Promise<ServerState>;
  /** What each of the chosen clients is to do. */
  configureFit(
    context: RoundContext,
    clients: readonly string[],
  ): ReadonlyMap<string, FitInstruction> | Promise<ReadonlyMap<string, FitInstruction>>;
  /** The new state from the updates, which come in the order of client ids; at least one. */
  aggregateFit(
    context: RoundContext,
    updates: readonly ClientUpdate[],
  ): Aggregate | Promise<Aggregate>;
  /** Tests the model that this strategy would hand out; default: the global one. */
  evaluate?(context: RoundContext, evaluate: EvaluateModel): Metrics | Promise<Metrics>;
  /** Refuses an update that this strategy cannot use, by throwing; the round goes on without it. */
  checkUpdate?(update: FitUpdate): void;
  /** Groups that every client may report and whose plain mean is wanted, for secure aggregation: names and shapes. */
  sumGroups?(state: ServerState): TensorGroups;
}

/**
 * Checks a metric that a strategy lives on.
 * @throws {FedError} `ERR_ARGUMENT` when it is missing or below `min`
 */
export function checkMetric(
  place: string,
  { metrics }: FitUpdate,
  name: string,
  min: number,
): void {
  const value = metrics?.[name];
  if (value !== undefined && value >= min) return;
  throw new FedError(
    "ERR_ARGUMENT",
    `fedlt/${place}: clients must report the metric ${name}, at least ${min}, got ${value}`,
    {
      fields: { [name]: value },
    },
  );
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

/** Groups whose names start with `prefix/`, by what follows. */
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
