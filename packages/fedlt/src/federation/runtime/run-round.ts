import type { PackageError } from "@deepgrain/support";
import { FedError, type FedErrorCode } from "../../errors";
import { sampled } from "../random/draws";
import { stream } from "../random/stream";
import { tensorChecksum } from "../tensors/checksum";
import { checkState } from "./check-state";
import { checkUpdate } from "./check-update";
import { type CollectEvent, collectUpdates } from "./collect-updates";
import type { FederationEvent } from "./federation-types";
import type { AcceptedUpdate, RoundRecord } from "./journal";
import type { FederationSettings } from "./settings";
import type { Aggregate, ClientUpdate, RoundContext, ServerState, Strategy } from "./strategy";
import type { FitTask, FitUpdate } from "./task";
import { largeShare } from "./warning";

function chosenClients(round: number, options: FederationSettings): readonly string[] {
  const connected = options.transport
    .nodes()
    .map(({ id }) => id)
    .sort();
  if (options.selectClients) return [...options.selectClients(round, connected)].sort();
  const { clientsPerRound = connected.length, seed } = options;
  return sampled(connected, clientsPerRound, stream(seed, "clients", round));
}

async function tasksOf(
  context: RoundContext,
  clients: readonly string[],
  strategy: Strategy,
): Promise<Map<string, FitTask>> {
  const { round, seed, state } = context;
  const instructions = await strategy.configureFit(context, clients);
  return new Map(
    clients.flatMap((clientId) => {
      const instruction = instructions.get(clientId);
      if (!instruction) return []; // the strategy excludes this client
      const { params = state.params, groups = new Map(), config = {} } = instruction;
      return [[clientId, { kind: "fit", round, clientId, seed, params, groups, config }]];
    }),
  );
}

/** Statistics of one round: counted updates, bytes and failures. */
function createLedger({ journal, collector }: FederationSettings, round: number) {
  const accepted: AcceptedUpdate[] = [];
  const traffic = { bytesUp: 0, bytesDown: 0 };
  const problems: string[] = [];
  const note = async (clientId: string, numSamples: number, sum: string) => {
    const entry = { round, clientId, numSamples, checksum: sum };
    accepted.push(entry);
    await journal?.accept(entry);
  };
  const see = async (event: CollectEvent) => {
    if ("message" in event) problems.push(event.message);
    if ("bytesUp" in event) {
      traffic.bytesUp += event.bytesUp;
      traffic.bytesDown += event.bytesDown;
    }
    if (event.type === "update-accepted" && !collector)
      await note(event.clientId, event.update.numSamples, tensorChecksum(event.update.params));
  };
  return { accepted, traffic, problems, note, see };
}

/** Collects the updates of the round, individually or as a sum. @returns them in order of client ids */
async function gather(
  tasks: ReadonlyMap<string, FitTask>,
  context: RoundContext,
  options: FederationSettings,
  onEvent: (event: CollectEvent) => Promise<void>,
  note: (clientId: string, numSamples: number, sum: string) => Promise<void>,
): Promise<ClientUpdate[]> {
  const { transport, strategy, limits, signal, collector } = options;
  const { quorum, deadlineMs, giveUpMs } = options;
  const timing = { quorum, deadlineMs, giveUpMs };
  if (collector) {
    const input = { transport, tasks, context, strategy, timing, onEvent, signal };
    const sum = await collector.collect(input);
    for (const clientId of sum.participants) await note(clientId, 0, "");
    return sum.updates;
  }
  const allowed = strategy.sumGroups?.(context.state);
  const check = (task: FitTask, update: FitUpdate) =>
    checkUpdate(task, update, { limits, strategy, allowed });
  const found = await collectUpdates(transport, tasks, { ...timing, check, onEvent, signal });
  // Field by field: what else an update brings is not passed on.
  return [...found].map(([clientId, { params, numSamples, groups, metrics, blobs }]) => ({
    clientId,
    params,
    numSamples,
    groups,
    metrics,
    blobs,
  }));
}

/** Problems with the numbers of a round, for which a run that skips bad rounds goes on with the old state. */
const unusable = new Set(["ERR_SECURE", "ERR_NOT_FINITE", "ERR_SHAPE", "ERR_QUORUM"]);

/** The same error with the round in its message and fields. */
function inRound(round: number, error: PackageError<FedErrorCode>): PackageError<FedErrorCode> {
  const { code, message, fields } = error;
  if (fields.round === round) return error;
  return new FedError(
    code,
    `fedlt/runFederation: round ${round} is not counted, the state before it is kept; ${message.replace(/^fedlt\//, "")}`,
    { cause: error, fields: { ...fields, round } },
  );
}

/** The new state, checked before anything is committed; without enough updates, the old one. */
async function aggregated(
  context: RoundContext,
  updates: readonly ClientUpdate[],
  { strategy, collector }: FederationSettings,
  emit: (event: FederationEvent) => void,
): Promise<Aggregate> {
  const { round, state } = context;
  const warning = collector || strategy.isUnweighted ? undefined : largeShare(updates);
  if (warning) emit({ ...warning, round });
  const result = await strategy.aggregateFit(context, updates);
  checkState("runFederation", result.state, state);
  return result;
}

/** Collects the updates of a round and aggregates them. @throws {FedError} `ERR_QUORUM` for too few, and any problem with them */
async function countedRound(
  context: RoundContext,
  options: FederationSettings,
  clients: readonly string[],
  ledger: ReturnType<typeof createLedger>,
  emit: (event: FederationEvent) => void,
): Promise<{ state: ServerState; record: RoundRecord }> {
  const { strategy, collector, quorum } = options;
  const { round } = context;
  const { accepted, traffic, problems, note, see } = ledger;
  const tasks = await tasksOf(context, clients, strategy);
  const onEvent = async (event: CollectEvent) => {
    await see(event);
    emit({ ...event, round });
  };
  const updates = await gather(tasks, context, options, onEvent, note);
  const reached = collector ? accepted.length : updates.length;
  if (reached < quorum)
    throw new FedError(
      "ERR_QUORUM",
      `fedlt/runFederation: round ${round} needs ${quorum} updates, got ${reached} of ${clients.length} clients${problems[0] ? `; ${problems[0]}` : ""}`,
      { fields: { round, quorum, accepted: reached, problems } },
    );
  const { state, metrics = {} } = await aggregated(context, updates, options, emit);
  accepted.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
  return { state, record: { round, accepted, metrics, ...traffic } };
}

/**
 * Runs one round: sends tasks, collects updates, and returns the new state and its record. With `onMissedQuorum: "skip"`, a
 * round without a quorum, or whose sum or new state cannot be used, changes nothing and is reported.
 */
export async function runRound(
  context: RoundContext,
  options: FederationSettings,
  emit: (event: FederationEvent) => void,
): Promise<{ state: ServerState; record: RoundRecord }> {
  const { round, state } = context;
  const clients = chosenClients(round, options);
  emit({ type: "round-start", round, clients });
  const ledger = createLedger(options, round);
  try {
    return await countedRound(context, options, clients, ledger, emit);
  } catch (error) {
    if (!FedError.isInstance(error) || !unusable.has(error.code)) throw error;
    const problem = inRound(round, error);
    if (options.onMissedQuorum !== "skip") throw problem;
    emit({ type: "round-failed", round, code: problem.code, message: problem.message });
    return { state, record: { round, accepted: [], metrics: {}, ...ledger.traffic } };
  }
}
