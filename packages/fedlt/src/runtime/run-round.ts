import { FedError } from "../errors";
import { sampled } from "../random/draws";
import { stream } from "../random/stream";
import type { ClientUpdate, RoundContext, ServerState, Strategy } from "../strategies/strategy";
import { checkUpdate } from "./check-update";
import { tensorChecksum } from "./checksum";
import { type CollectEvent, collectUpdates } from "./collect-updates";
import type { FederationEvent, FederationOptions } from "./federation-types";
import type { AcceptedUpdate, RoundRecord } from "./journal";
import type { FitTask } from "./task";

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
      if (!instruction) return []; // the strategy leaves this client out
      const { params = state.params, groups = new Map(), config = {} } = instruction;
      return [[clientId, { kind: "fit", round, clientId, seed, params, groups, config }]];
    }),
  );
}

/** One round: tasks out, updates in, the new state and its record. */
export async function runRound(
  context: RoundContext,
  options: FederationOptions,
  emit: (event: FederationEvent) => void,
): Promise<{ state: ServerState; record: RoundRecord }> {
  const {
    transport,
    strategy,
    journal,
    limits = {},
    signal,
    collector,
    quorum = 1,
    onMissedQuorum = "fail",
  } = options;
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
      if (!collector)
        await note(event.clientId, event.update.numSamples, tensorChecksum(event.update.params));
    }
    emit({ ...event, round });
  };
  const note = async (clientId: string, numSamples: number, sum: string) => {
    const entry = { round, clientId, numSamples, checksum: sum };
    accepted.push(entry);
    await journal?.accept(entry);
  };
  const { quorum: _, deadlineMs, giveUpMs } = options;
  const timing = {
    quorum,
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(giveUpMs !== undefined && { giveUpMs }),
  };
  let updates: ClientUpdate[];
  if (collector) {
    const sum = await collector.collect({
      transport,
      tasks,
      context,
      strategy,
      timing,
      onEvent,
      signal,
    });
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
    throw new FedError(
      "ERR_QUORUM",
      `fedlt/runFederation: round ${round} needs ${quorum} updates, got ${reached} of ${clients.length} clients${problems[0] ? `; ${problems[0]}` : ""}`,
      {
        fields: { round, quorum, accepted: reached, problems },
      },
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
