import type { ReadonlyTensors } from "../tensors/named-tensors";
import type { UpdateLimits } from "./check-update";
import type { CollectEvent, RoundTiming } from "./collect-updates";
import type { Journal, RoundRecord } from "./journal";
import type {
  ClientUpdate,
  EvaluateModel,
  Metrics,
  RoundContext,
  ServerState,
  Strategy,
} from "./strategy";
import type { FitTask } from "./task";
import type { Transport, TransportEvent } from "./transport";
import type { Warning } from "./warning";

/** How many updates were counted, and why others were rejected. */
export interface UpdateCounts {
  accepted: number;
  /** Rejected: not finite, with wrong shapes or with an invalid sample count. */
  rejected: number;
  /** Training failed on the client. */
  failed: number;
  stragglers: number;
  /** Answers that arrived after their round was closed. */
  late: number;
  /** Second answers to one task. */
  duplicates: number;
  bytesUp: number;
  bytesDown: number;
}

/** The events that a federation reports while it runs. */
export type FederationEvent =
  | { readonly type: "resumed"; readonly round: number }
  | { readonly type: "round-start"; readonly round: number; readonly clients: readonly string[] }
  | (CollectEvent & { readonly round: number })
  | TransportEvent
  | (Warning & { readonly round?: number | undefined })
  /** With `onMissedQuorum: "skip"`: the round changed nothing, for this reason. */
  | {
      readonly type: "round-failed";
      readonly round: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: "round-end"; readonly record: RoundRecord; readonly state: ServerState }
  | { readonly type: "eval-end"; readonly round: number; readonly metrics: Metrics };

/** The result of a run. */
export interface FederationResult {
  readonly state: ServerState;
  readonly counts: Readonly<UpdateCounts>;
}

/** Replaces the plain collection of updates, for example by secure aggregation. */
export interface Collector {
  /** Checks that it supports this strategy. @throws {FedError} `ERR_SECURE` */
  prepare(strategy: Strategy): void;
  /** @returns one update that holds the weighted mean, and the clients in it; no update without a quorum */
  collect(input: CollectInput): Promise<{ updates: ClientUpdate[]; participants: string[] }>;
}

/** The input of a collector. */
export interface CollectInput {
  readonly transport: Transport;
  readonly tasks: ReadonlyMap<string, FitTask>;
  readonly context: RoundContext;
  readonly strategy: Strategy;
  readonly timing: RoundTiming;
  readonly onEvent: (event: CollectEvent) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Options of `runFederation`. */
export interface FederationOptions extends RoundTiming {
  readonly transport: Transport;
  readonly strategy: Strategy;
  /** The initial model. */
  readonly initial: ReadonlyTensors;
  /** Total number of rounds, including those of the earlier part of a resumed run. */
  readonly rounds: number;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** S, clients per round; default: all connected clients. */
  readonly clientsPerRound?: number | undefined;
  /** Chooses the clients of a round; default: uniformly without replacement, depending only on seed and round. */
  readonly selectClients?:
    | ((round: number, connected: readonly string[]) => readonly string[])
    | undefined;
  /** Clients that must be connected before a round starts. Default the quorum. */
  readonly minClients?: number | undefined;
  /** How long connected clients are waited for; default: as long as a round, `giveUpMs`. Infinity waits without end. */
  readonly waitMs?: number | undefined;
  /** All clients of the federation, for strategies that average over all of them; default: the connected clients. */
  readonly population?: readonly string[] | undefined;
  readonly limits?: UpdateLimits | undefined;
  /** Tests the model. */
  readonly evaluate?: EvaluateModel | undefined;
  /** Rounds between two tests. Default 1. */
  readonly evaluateEvery?: number | undefined;
  /** Where rounds are recorded. A run that finds a finished round there continues after it. */
  readonly journal?: Journal | undefined;
  /**
   * A round without a quorum, or whose sum or new state cannot be used, ends the run (`"fail"`, default) or changes nothing
   * (`"skip"`, and `round-failed` is reported). The state before it is kept in either case.
   */
  readonly onMissedQuorum?: "fail" | "skip" | undefined;
  /** For example secure aggregation. */
  readonly collector?: Collector | undefined;
  readonly signal?: AbortSignal | undefined;
}
