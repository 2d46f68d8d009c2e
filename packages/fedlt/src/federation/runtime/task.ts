import type { NamedTensors, ReadonlyTensors, TensorGroups } from "../tensors/named-tensors";

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Raw bytes by name, for data other than floats: keys, shares, masked sums. */
export type Blobs = ReadonlyMap<string, Uint8Array>;

/** The request to a client in one round. */
export interface FitTask {
  /** `"fit"`, or a phase of secure aggregation. Default `"fit"`. */
  readonly kind?: string | undefined;
  /** Counted from 0. */
  readonly round: number;
  readonly clientId: string;
  /** The run's seed: a client draws from `stream(seed, …, round, clientId)`, so that repeated tasks give equal bits. */
  readonly seed: number;
  /** The global model. */
  readonly params: ReadonlyTensors;
  /** Further tensors by group, for example prototypes. */
  readonly groups: TensorGroups;
  /** Settings of the strategy, JSON only. */
  readonly config: { readonly [key: string]: Json | undefined };
  readonly blobs?: Blobs | undefined;
}

/** A client's answer. */
export interface FitUpdate {
  readonly params: NamedTensors;
  /** n_k, at least 1. */
  readonly numSamples: number;
  /** Further tensors by group. */
  readonly groups?: TensorGroups | undefined;
  /** Metrics for the log and for strategies. */
  readonly metrics?: { readonly [name: string]: number } | undefined;
  readonly blobs?: Blobs | undefined;
}

/**
 * A user's local training. It must depend only on the task (and the client's data): a task may be sent twice when
 * a connection breaks.
 */
export type LocalTrain = (
  task: FitTask,
  options: { readonly signal?: AbortSignal | undefined },
) => FitUpdate | Promise<FitUpdate>;
