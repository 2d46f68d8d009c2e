import { takeTurn } from "@deepgrain/support";
import { FedError, optionsOf, refuseUnknown } from "../../errors";
import { checkTensors, cloneTensors } from "../tensors/named-tensors";
import { createChannel } from "./channel";
import type {
  FederationEvent,
  FederationOptions,
  FederationResult,
  UpdateCounts,
} from "./federation-types";
import type { Checkpoint } from "./journal";
import { runRound } from "./run-round";
import { type FederationSettings, federationSettings } from "./settings";
import { type Metrics, type RoundContext, type ServerState, stateOf } from "./strategy";
import { waitForClients } from "./wait-for-clients";

async function firstState({ strategy, initial, seed }: FederationSettings): Promise<ServerState> {
  checkTensors("runFederation", initial);
  const params = cloneTensors(initial);
  return (await strategy.initialize?.(params, seed)) ?? stateOf(params);
}

/** The checkpoint from which the run continues. */
async function resumeFrom({
  journal,
  strategy,
  seed,
}: FederationSettings): Promise<Checkpoint | undefined> {
  const found = await journal?.load();
  if (found && (found.run.strategy !== strategy.name || found.run.seed !== seed))
    throw new FedError(
      "ERR_STATE",
      `fedlt/runFederation: the journal belongs to ${found.run.strategy} with seed ${found.run.seed}, this run is ${strategy.name} with seed ${seed}`,
      { fields: { found: found.run } },
    );
  return found;
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
  else if (event.type === "reply-ignored")
    counts[event.reason === "late" ? "late" : "duplicates"]++;
};

/** Counts events and hands them on; each warning once. */
function createReporter(counts: UpdateCounts) {
  const channel = createChannel<FederationEvent>();
  const warned = new Set<string>();
  const emit = (event: FederationEvent) => {
    if (event.type === "warning") {
      const about = `${event.reason} ${event.clientId}`;
      if (warned.has(about)) return;
      warned.add(about);
    }
    countEvent(counts, event);
    channel.push(event);
  };
  return { channel, emit };
}

/** A model's metrics after a round; undefined where it is not tested. */
async function testedAfter(
  context: RoundContext,
  { strategy, evaluate, evaluateEvery, rounds }: FederationSettings,
): Promise<Metrics | undefined> {
  const { round, state } = context;
  if (!evaluate) return undefined;
  if (round % evaluateEvery !== evaluateEvery - 1 && round !== rounds - 1) return undefined;
  return strategy.evaluate?.(context, evaluate) ?? evaluate(state.params, { round });
}

const contextOf = (
  round: number,
  state: ServerState,
  { transport, seed, population, signal }: FederationSettings,
): RoundContext => ({
  round,
  seed,
  state,
  population: population ?? transport.nodes().map(({ id }) => id),
  signal,
});

async function* runRounds(
  settings: FederationSettings,
): AsyncGenerator<FederationEvent, FederationResult> {
  const { transport, strategy, rounds, seed, journal, signal } = settings;
  const counts: UpdateCounts = {
    accepted: 0,
    rejected: 0,
    failed: 0,
    stragglers: 0,
    late: 0,
    duplicates: 0,
    bytesUp: 0,
    bytesDown: 0,
  };
  const { channel, emit } = createReporter(counts);
  const stop = transport.onEvent(emit);
  try {
    await transport.ready?.();
    const found = await resumeFrom(settings);
    let state = found?.state ?? (await firstState(settings));
    if (found) {
      const { round } = found.record;
      emit({ type: "resumed", round: round + 1 });
      // It may have been stopped before anybody saw the test of its last round.
      const metrics = await testedAfter(contextOf(round, state, settings), settings);
      if (metrics) emit({ type: "eval-end", round, metrics });
    }
    for (let round = found ? found.record.round + 1 : 0; round < rounds; round++) {
      await takeTurn();
      signal?.throwIfAborted();
      const waiting = waitForClients(settings, emit);
      yield* whileRunning(waiting, channel);
      await waiting;
      signal?.throwIfAborted();
      const work = runRound(contextOf(round, state, settings), settings, emit);
      yield* whileRunning(work, channel);
      const { record, ...after } = await work;
      state = after.state;
      await journal?.commit({ run: { strategy: strategy.name, seed }, state, record });
      emit({ type: "round-end", record, state });
      const metrics = await testedAfter(contextOf(round, state, settings), settings);
      if (metrics) emit({ type: "eval-end", round, metrics });
      yield* channel.drain();
    }
    yield* channel.drain();
    return { state, counts };
  } finally {
    stop();
    await journal?.close?.();
  }
}

/** Yields what is pushed until `work` is over; its error goes to whoever awaits it. */
async function* whileRunning<T>(
  work: Promise<unknown>,
  channel: { drain(): T[]; next(): Promise<void> },
): AsyncGenerator<T, void> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  const over = work.then(end, end);
  while (!isOver) {
    await Promise.race([over, channel.next()]);
    yield* channel.drain();
  }
}

/**
 * Runs rounds of a federation: choose clients, send them the model, collect updates until all have arrived or the deadline
 * has passed with a quorum, aggregate in the order of client ids, record the round, test the model. Invalid updates are
 * rejected and counted; no update is counted twice.
 *
 * @returns events as they happen; the generator's value is the final state
 * @throws {FedError} `ERR_RANGE` and `ERR_ARGUMENT` for options, `ERR_QUORUM` when too few clients answer, `ERR_STATE` when
 *   the journal belongs to another run, `ERR_SECURE`; the signal's reason when the signal is aborted
 */
export async function* runFederation(
  options: FederationOptions,
): AsyncGenerator<FederationEvent, FederationResult> {
  return yield* runRounds(federationSettings("runFederation", options));
}

/**
 * Runs a federation to its end.
 * @param given.onEvent called for each event; the run goes on once it has ended, and ends with what it throws
 */
export async function finishFederation(
  options: FederationOptions,
  given: { onEvent?: ((event: FederationEvent) => unknown) | undefined } = {},
): Promise<FederationResult> {
  const { onEvent, ...rest } = optionsOf("finishFederation", given);
  refuseUnknown("finishFederation", rest);
  const settings = federationSettings("finishFederation", options);
  const run = runRounds(settings);
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) return value;
      await onEvent?.(value);
    }
  } finally {
    await run.return(undefined as never); // lets go of the journal
  }
}
