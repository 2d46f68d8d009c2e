import { FedError } from "../errors";
import { sampled } from "../random/draws";
import { stream } from "../random/stream";
import type { ClientUpdate, RoundContext, ServerState, Strategy } from "../strategies/strategy";
import { checkUpdate } from "./check-update";
import { tensorChecksum } from "./checksum";
import { type CollectEvent, collectUpdates } from "./collect-updates";
import type { FederationEvent, FederationOptions } from "./federation-types";
import type { AcceptedUpdate, RoundRecord } from "./journal";
import type { FitTask, FitUpdate } from "./task";

function chosenClients(round: number, options: FederationOptions): readonly string[] {
  const connected = options.transport
    .nodes()
    .map(({ id }) => id)
    .sort();
  if (options.selectClients) return [...options.selectClients(round, connected)].sort();
  const { clientsPerRound = connected.length, seed = 0 } = options;
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
function createLedger({ journal, collector }: FederationOptions, round: number) {
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
  options: FederationOptions,
  onEvent: (event: CollectEvent) => Promise<void>,
  note: (clientId: string, numSamples: number, sum: string) => Promise<void>,
): Promise<ClientUpdate[]> {
  const { transport, strategy, limits = {}, signal, collector } = options;
  const { quorum = 1, deadlineMs, giveUpMs } = options;
  const timing = {
    quorum,
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(giveUpMs !== undefined && { giveUpMs }),
  };
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
  return [...found].map(([clientId, update]) => ({ ...update, clientId }));
}

/** Runs one round: sends tasks, collects updates, and returns the new state and its record. */
export async function runRound(
  context: RoundContext,
  options: FederationOptions,
  emit: (event: FederationEvent) => void,
): Promise<{ state: ServerState; record: RoundRecord }> {
  const { strategy, collector, quorum = 1, onMissedQuorum = "fail" } = options;
  const { round, state } = context;
  const clients = chosenClients(round, options);
  emit({ type: "round-start", round, clients });
  const tasks = await tasksOf(context, clients, strategy);
  const { accepted, traffic, problems, note, see } = createLedger(options, round);
  const onEvent = async (event: CollectEvent) => {
    await see(event);
    emit({ ...event, round });
  };
  const updates = await gather(tasks, context, options, onEvent, note);
  const reached = collector ? accepted.length : updates.length;
  if (reached < quorum && onMissedQuorum === "fail")
    throw new FedError(
      "ERR_QUORUM",
      `fedlt/runFederation: round ${round} needs ${quorum} updates, got ${reached} of ${clients.length} clients${problems[0] ? `; ${problems[0]}` : ""}`,
      { fields: { round, quorum, accepted: reached, problems } },
    );
  const isMissed = reached < quorum || updates.length === 0;
  const result = isMissed ? { state } : await strategy.aggregateFit(context, updates);
  accepted.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
  const metrics = ("metrics" in result && result.metrics) || {};
  return {
    state: result.state,
    record: { round, accepted: isMissed ? [] : accepted, metrics, ...traffic },
  };
}
