import { checkInteger } from "../check";
import { FedError } from "../errors";
import { knownOptions } from "../known-options";
import { type ServerState, stateOf } from "../strategies/strategy";
import { checkTensors, cloneTensors } from "../tensors/named-tensors";
import { createChannel } from "./channel";
import type {
  FederationEvent,
  FederationOptions,
  FederationResult,
  UpdateCounts,
} from "./federation-types";
import { federationOptionNames } from "./federation-types";
import type { Checkpoint } from "./journal";
import { runRound } from "./run-round";
import type { Transport } from "./transport";

/** The longest delay of a timer, about 25 days: longer ones are without end. */
const MAX_DELAY_MS = 2 ** 31;

/** Waits until enough clients are connected. */
async function waitForClients(
  transport: Transport,
  count: number,
  waitMs: number,
  signal?: AbortSignal,
): Promise<void> {
  if (transport.nodes().length >= count) return;
  await new Promise<void>((resolve, reject) => {
    const finish = (error?: unknown) => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener("abort", onAbort);
      error === undefined ? resolve() : reject(error);
    };
    const onAbort = () => finish(signal?.reason);
    const giveUp = () => {
      const there = transport.nodes().length;
      finish(
        new FedError(
          "ERR_QUORUM",
          `fedlt/runFederation: ${count} clients must be connected, got ${there}`,
          { fields: { wanted: count, connected: there } },
        ),
      );
    };
    const timer = waitMs < MAX_DELAY_MS ? setTimeout(giveUp, waitMs) : undefined;
    const stop = transport.onEvent(() => transport.nodes().length >= count && finish());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
  });
}

async function firstState({
  strategy,
  initial,
  seed = 0,
}: FederationOptions): Promise<ServerState> {
  checkTensors("runFederation", initial);
  const params = cloneTensors(initial);
  return (await strategy.initialize?.(params, seed)) ?? stateOf(params);
}

/** The checkpoint from which the run continues. */
async function resumeFrom({
  journal,
  strategy,
  seed = 0,
}: FederationOptions): Promise<Checkpoint | undefined> {
  const found = await journal?.load();
  if (found && (found.run.strategy !== strategy.name || found.run.seed !== seed))
    throw new FedError(
      "ERR_STATE",
      `fedlt/runFederation: the journal belongs to ${found.run.strategy} with seed ${found.run.seed}, this run is ${strategy.name} with seed ${seed}`,
      { fields: { found: found.run } },
    );
  return found;
}

function checkOptions({
  rounds,
  quorum = 1,
  clientsPerRound,
  evaluateEvery = 1,
  collector,
  strategy,
}: FederationOptions): void {
  checkInteger("runFederation", "rounds", rounds, 0);
  checkInteger("runFederation", "quorum", quorum, 1);
  checkInteger("runFederation", "evaluateEvery", evaluateEvery, 1);
  if (clientsPerRound !== undefined)
    checkInteger("runFederation", "clientsPerRound", clientsPerRound, quorum);
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
  else if (event.type === "reply-ignored")
    counts[event.reason === "late" ? "late" : "duplicates"]++;
};

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
  knownOptions("runFederation", options, federationOptionNames);
  checkOptions(options);
  const {
    transport,
    strategy,
    rounds,
    seed = 0,
    evaluate,
    evaluateEvery = 1,
    journal,
    signal,
    quorum = 1,
    minClients = quorum,
  } = options;
  const giveUpMs = options.giveUpMs ?? 10 * (options.deadlineMs ?? 600_000);
  const { waitMs = giveUpMs } = options;
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
  const channel = createChannel<FederationEvent>();
  const warned = new Set<string>();
  const emit = (event: FederationEvent) => {
    if (event.type === "warning") {
      // Once is enough: the same warning would come in every round.
      const about = `${event.reason} ${event.clientId}`;
      if (warned.has(about)) return;
      warned.add(about);
    }
    countEvent(counts, event);
    channel.push(event);
  };
  const stop = transport.onEvent(emit);
  try {
    const found = await resumeFrom(options);
    let state = found?.state ?? (await firstState(options));
    if (found) emit({ type: "resumed", round: found.record.round + 1 });
    for (let round = found ? found.record.round + 1 : 0; round < rounds; round++) {
      await waitForClients(transport, minClients, waitMs, signal);
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
        const metrics = await (strategy.evaluate?.(context, evaluate) ??
          evaluate(state.params, { round }));
        emit({ type: "eval-end", round, metrics });
      }
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

/** Runs a federation to its end. @param given.onEvent called for each event */
export async function finishFederation(
  options: FederationOptions,
  given: { onEvent?: (event: FederationEvent) => void } = {},
): Promise<FederationResult> {
  knownOptions("finishFederation", options, federationOptionNames);
  const { onEvent } = knownOptions("finishFederation", given, { onEvent: true });
  const run = runFederation(options);
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    onEvent?.(value);
  }
}
