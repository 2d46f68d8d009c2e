import { checkInteger } from "../check";
import { FedError } from "../errors";
import { sampled } from "../random/draws";
import { stream } from "../random/stream";
import {
  type ClientUpdate,
  type EvaluateModel,
  type Metrics,
  type RoundContext,
  type ServerState,
  type Strategy,
  stateOf,
} from "../strategies/strategy";
import { checkTensors, cloneTensors, type ReadonlyTensors } from "../tensors/named-tensors";
import { createChannel } from "./channel";
import { checkUpdate, type UpdateLimits } from "./check-update";
import { tensorChecksum } from "./checksum";
import { type CollectEvent, collectUpdates, type RoundTiming } from "./collect-updates";
import type { AcceptedUpdate, Checkpoint, Journal, RoundRecord } from "./journal";
import type { FitTask } from "./task";
import type { Transport, TransportEvent } from "./transport";

/** How many updates were counted, and why others were not. */
export interface UpdateCounts {
  accepted: number;
  /** Non-finite, misshapen, with a false sample count. */
  rejected: number;
  /** Training failed on the client. */
  failed: number;
  stragglers: number;
  /** Answers after their round was closed. */
  late: number;
  /** Second answers to one task. */
  duplicates: number;
  bytesUp: number;
  bytesDown: number;
}

/** What a federation reports while it runs. */
export type FederationEvent =
  | { readonly type: "resumed"; readonly round: number }
  | { readonly type: "round-start"; readonly round: number; readonly clients: readonly string[] }
  | (CollectEvent & { readonly round: number })
  | TransportEvent
  | { readonly type: "round-end"; readonly record: RoundRecord; readonly state: ServerState }
  | { readonly type: "eval-end"; readonly round: number; readonly metrics: Metrics };

/** What a run ends with. */
export interface FederationResult {
  readonly state: ServerState;
  readonly counts: Readonly<UpdateCounts>;
}

/** Replaces the plain collection of updates: secure aggregation does. */
export interface Collector {
  /** Checks that it can serve this strategy. @throws {FedError} `ERR_SECURE` */
  prepare(strategy: Strategy): void;
  /** @returns one update that holds the weighted mean, and who is in it; no update without a quorum */
  collect(input: CollectInput): Promise<{ updates: ClientUpdate[]; participants: string[] }>;
}

/** What a collector gets. */
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
  /** The first model. */
  readonly initial: ReadonlyTensors;
  /** Rounds in all, those of an earlier part of a resumed run included. */
  readonly rounds: number;
  /** Default 0. */
  readonly seed?: number;
  /** S, clients per round; default all that are connected. */
  readonly clientsPerRound?: number;
  /** Chooses the clients of a round; default: uniformly without replacement, by seed and round alone. */
  readonly selectClients?: (round: number, connected: readonly string[]) => readonly string[];
  /** Clients that must be connected before a round starts. Default the quorum. */
  readonly minClients?: number;
  /** All clients of the federation, for strategies that average over all; default those connected. */
  readonly population?: readonly string[];
  readonly limits?: UpdateLimits;
  /** Tests the model. */
  readonly evaluate?: EvaluateModel;
  /** Rounds between two tests. Default 1. */
  readonly evaluateEvery?: number;
  /** Where rounds are written down; a run that finds a finished round there goes on after it. */
  readonly journal?: Journal;
  /** A round without a quorum ends the run (`"fail"`, default) or changes nothing (`"skip"`). */
  readonly onMissedQuorum?: "fail" | "skip";
  /** For example secure aggregation. */
  readonly collector?: Collector;
  readonly signal?: AbortSignal;
}

/** Waits until enough clients are there. */
async function waitForClients(transport: Transport, count: number, giveUpMs: number, signal?: AbortSignal): Promise<void> {
  if (transport.nodes().length >= count) return;
  await new Promise<void>((resolve, reject) => {
    const finish = (error?: unknown) => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener("abort", onAbort);
      error === undefined ? resolve() : reject(error);
    };
    const onAbort = () => finish(signal?.reason);
    const timer = setTimeout(() => {
      const there = transport.nodes().length;
      finish(new FedError("ERR_QUORUM", `fedlt/runFederation: ${count} clients must be connected, got ${there}`, { fields: { wanted: count, connected: there } }));
    }, Math.min(giveUpMs, 2 ** 31 - 1));
    const stop = transport.onEvent(() => transport.nodes().length >= count && finish());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
  });
}

async function firstState({ strategy, initial, seed = 0 }: FederationOptions): Promise<ServerState> {
  checkTensors("runFederation", initial);
  const params = cloneTensors(initial);
  return (await strategy.initialize?.(params, seed)) ?? stateOf(params);
}

/** The checkpoint to go on from. */
async function resumeFrom({ journal, strategy, seed = 0 }: FederationOptions): Promise<Checkpoint | undefined> {
  const found = await journal?.load();
  if (found && (found.run.strategy !== strategy.name || found.run.seed !== seed))
    throw new FedError(
      "ERR_STATE",
      `fedlt/runFederation: the journal belongs to ${found.run.strategy} with seed ${found.run.seed}, this run is ${strategy.name} with seed ${seed}`,
      { fields: { found: found.run } },
    );
  return found;
}

function chosenClients(round: number, options: FederationOptions): readonly string[] {
  const connected = options.transport.nodes().map(({ id }) => id).sort();
  if (options.selectClients) return [...options.selectClients(round, connected)].sort();
  const { clientsPerRound = connected.length, seed = 0 } = options;
  return sampled(connected, clientsPerRound, stream(seed, "clients", round));
}

async function tasksOf(context: RoundContext, clients: readonly string[], strategy: Strategy): Promise<Map<string, FitTask>> {
  const { round, seed, state } = context;
  const instructions = await strategy.configureFit(context, clients);
  return new Map(
    clients.flatMap((clientId) => {
      const instruction = instructions.get(clientId);
      if (!instruction) return []; // the strategy leaves this client out
      const { params = state.params, groups = new Map(), config = {} } = instruction;
      return [[clientId, { kind: "fit", round, clientId, seed, params, groups, config }]];
    }),
  );
}

function checkOptions({ rounds, quorum = 1, clientsPerRound, evaluateEvery = 1, collector, strategy }: FederationOptions): void {
  checkInteger("runFederation", "rounds", rounds, 0);
  checkInteger("runFederation", "quorum", quorum, 1);
  checkInteger("runFederation", "evaluateEvery", evaluateEvery, 1);
  if (clientsPerRound !== undefined) checkInteger("runFederation", "clientsPerRound", clientsPerRound, quorum);
  collector?.prepare(strategy);
}

const countEvent = (counts: UpdateCounts, event: FederationEvent): void => {
  if ("bytesUp" in event) {
    counts.bytesUp += event.bytesUp;
    counts.bytesDown += event.bytesDown;
  }
  if (event.type === "update-accepted") counts.accepted++;
  else if (event.type === "update-rejected" || event.type === "message-rejected") counts.rejected++;
  else if (event.type === "client-failed") counts.failed++;
  else if (event.type === "straggler") counts.stragglers++;
  else if (event.type === "reply-ignored") counts[event.reason === "late" ? "late" : "duplicates"]++;
};

/** One round: tasks out, updates in, the new state and its record. */
async function runRound(
  context: RoundContext,
  options: FederationOptions,
  emit: (event: FederationEvent) => void,
): Promise<{ state: ServerState; record: RoundRecord }> {
  const { transport, strategy, journal, limits = {}, signal, collector, quorum = 1, onMissedQuorum = "fail" } = options;
  const { round, state } = context;
  const clients = chosenClients(round, options);
  emit({ type: "round-start", round, clients });
  const tasks = await tasksOf(context, clients, strategy);
  const allowed = strategy.sumGroups?.(state);
  const accepted: AcceptedUpdate[] = [];
  const traffic = { bytesUp: 0, bytesDown: 0 };
  const problems: string[] = [];
  const onEvent = async (event: CollectEvent) => {
    if ("message" in event) problems.push(event.message);
    if ("bytesUp" in event) {
      traffic.bytesUp += event.bytesUp;
      traffic.bytesDown += event.bytesDown;
    }
    if (event.type === "update-accepted") {
      if (!collector) await note(event.clientId, event.update.numSamples, tensorChecksum(event.update.params));
    }
    emit({ ...event, round });
  };
  const note = async (clientId: string, numSamples: number, sum: string) => {
    const entry = { round, clientId, numSamples, checksum: sum };
    accepted.push(entry);
    await journal?.accept(entry);
  };
  const { quorum: _, deadlineMs, giveUpMs } = options;
  const timing = { quorum, ...(deadlineMs !== undefined && { deadlineMs }), ...(giveUpMs !== undefined && { giveUpMs }) };
  let updates: ClientUpdate[];
  if (collector) {
    const sum = await collector.collect({ transport, tasks, context, strategy, timing, onEvent, signal });
    updates = sum.updates;
    for (const clientId of sum.participants) await note(clientId, 0, "");
  } else {
    const check = (task: FitTask, update: ClientUpdate | Parameters<typeof checkUpdate>[1]) =>
      checkUpdate(task, update, { limits, strategy, allowed });
    const found = await collectUpdates(transport, tasks, { ...timing, check, onEvent, signal });
    updates = [...found].map(([clientId, update]) => ({ ...update, clientId }));
  }
  const reached = collector ? accepted.length : updates.length;
  if (reached < quorum && onMissedQuorum === "fail")
    throw new FedError("ERR_QUORUM", `fedlt/runFederation: round ${round} needs ${quorum} updates, got ${reached} of ${clients.length} clients${problems[0] ? `; ${problems[0]}` : ""}`, {
      fields: { round, quorum, accepted: reached, problems },
    });
  const isMissed = reached < quorum || updates.length === 0;
  const result = isMissed ? { state } : await strategy.aggregateFit(context, updates);
  accepted.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
  const metrics = ("metrics" in result && result.metrics) || {};
  return {
    state: result.state,
    record: { round, accepted: isMissed ? [] : accepted, metrics, ...traffic },
  };
}

/**
 * Runs rounds of a federation: choose clients, send them the model, gather updates until all have come or the deadline has
 * passed with a quorum, aggregate in the order of client ids, write the round down, test the model. Bad updates are
 * rejected and counted; nothing is counted twice.
 *
 * @returns events as they happen; the generator's value is the final state
 * @throws {FedError} `ERR_RANGE` and `ERR_ARGUMENT` for options, `ERR_QUORUM` when too few clients answer, `ERR_STATE` when
 *   the journal belongs to another run, `ERR_SECURE`; the signal's reason when it is aborted
 */
export async function* runFederation(options: FederationOptions): AsyncGenerator<FederationEvent, FederationResult> {
  checkOptions(options);
  const { transport, strategy, rounds, seed = 0, evaluate, evaluateEvery = 1, journal, signal, quorum = 1, minClients = quorum } = options;
  const giveUpMs = options.giveUpMs ?? 10 * (options.deadlineMs ?? 600_000);
  const counts: UpdateCounts = { accepted: 0, rejected: 0, failed: 0, stragglers: 0, late: 0, duplicates: 0, bytesUp: 0, bytesDown: 0 };
  const channel = createChannel<FederationEvent>();
  const emit = (event: FederationEvent) => {
    countEvent(counts, event);
    channel.push(event);
  };
  const stop = transport.onEvent(emit);
  try {
    const found = await resumeFrom(options);
    let state = found?.state ?? (await firstState(options));
    if (found) emit({ type: "resumed", round: found.record.round + 1 });
    for (let round = found ? found.record.round + 1 : 0; round < rounds; round++) {
      await waitForClients(transport, minClients, giveUpMs, signal);
      signal?.throwIfAborted();
      const population = options.population ?? transport.nodes().map(({ id }) => id);
      const work = runRound({ round, seed, state, population }, options, emit);
      yield* whileRunning(work, channel);
      const { record, ...after } = await work;
      state = after.state;
      await journal?.commit({ run: { strategy: strategy.name, seed }, state, record });
      emit({ type: "round-end", record, state });
      if (evaluate && (round % evaluateEvery === evaluateEvery - 1 || round === rounds - 1)) {
        const context = { round, seed, state, population };
        const metrics = await (strategy.evaluate?.(context, evaluate) ?? evaluate(state.params, { round }));
        emit({ type: "eval-end", round, metrics });
      }
      yield* channel.drain();
    }
    yield* channel.drain();
    return { state, counts };
  } finally {
    stop();
  }
}

/** Yields what is pushed until `work` is over; its error is left to whoever awaits it. */
async function* whileRunning<T>(work: Promise<unknown>, channel: { drain(): T[]; next(): Promise<void> }): AsyncGenerator<T, void> {
  let isOver = false;
  const over = work.then(
    () => void (isOver = true),
    () => void (isOver = true),
  );
  while (!isOver) {
    await Promise.race([over, channel.next()]);
    yield* channel.drain();
  }
}

/** Runs a federation to its end. @param onEvent called for each event */
export async function finishFederation(
  options: FederationOptions,
  { onEvent }: { onEvent?: (event: FederationEvent) => void } = {},
): Promise<FederationResult> {
  const run = runFederation(options);
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    onEvent?.(value);
  }
}
