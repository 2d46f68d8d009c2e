import { FedError } from "../../errors";
import type { FitTask, FitUpdate } from "./task";
import type { Delivery, Transport } from "./transport";

/** When a round closes. */
export interface RoundTiming {
  /** Number of answers that a round needs. Default 1. */
  readonly quorum?: number | undefined;
  /** After this time the round closes as soon as there is a quorum. Default 600,000. */
  readonly deadlineMs?: number | undefined;
  /** After this time it closes even without a quorum. Default ten times the deadline. */
  readonly giveUpMs?: number | undefined;
}

/** The outcome of one client's answer. */
export type CollectEvent =
  | {
      readonly type: "update-accepted";
      readonly clientId: string;
      readonly update: FitUpdate;
      readonly bytesUp: number;
      readonly bytesDown: number;
    }
  /** A step of secure aggregation that is not an update. */
  | {
      readonly type: "phase-answered";
      readonly clientId: string;
      readonly bytesUp: number;
      readonly bytesDown: number;
    }
  | {
      readonly type: "update-rejected";
      readonly clientId: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: "client-failed";
      readonly clientId: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: "straggler"; readonly clientId: string };

/** Options of `collectUpdates`. */
export interface CollectOptions extends RoundTiming {
  /** Throws if an update must be rejected. */
  readonly check?: ((task: FitTask, update: FitUpdate) => void) | undefined;
  readonly onEvent?: ((event: CollectEvent) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const codeOf = (error: unknown): string => (FedError.isInstance(error) ? error.code : "ERR_CLIENT");
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Error codes of answers that arrived but cannot be read. */
const damaged = new Set(["ERR_FORMAT", "ERR_TOO_LARGE", "ERR_VERSION"]);

/** A promise with its resolve and reject functions. */
function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/**
 * Sends every task and collects the answers until all have arrived, or the deadline has passed and there is a quorum.
 * Clients that have not answered by then are stragglers: their work is cancelled.
 *
 * @returns accepted updates by client id, in order of ids; fewer than the quorum on a timeout or when clients failed
 * @throws the signal's reason when the signal is aborted
 */
export async function collectUpdates(
  transport: Transport,
  tasks: ReadonlyMap<string, FitTask>,
  options: CollectOptions = {},
): Promise<Map<string, FitUpdate>> {
  const { quorum = 1, deadlineMs = 600_000, giveUpMs = 10 * deadlineMs } = options;
  const { check, onEvent, signal } = options;
  const accepted = new Map<string, FitUpdate>();
  const open = new Set(tasks.keys());
  let isOver = false;
  const closed = deferred();
  let isLate = false;
  const settle = () => {
    if (open.size === 0 || (isLate && accepted.size >= quorum)) closed.resolve();
  };
  const late = setTimeout(
    () => {
      isLate = true;
      settle();
    },
    Math.min(deadlineMs, 2 ** 31 - 1),
  );
  const end = setTimeout(() => closed.resolve(), Math.min(giveUpMs, 2 ** 31 - 1));
  const onAbort = () => closed.resolve();
  signal?.addEventListener("abort", onAbort);
  // One controller per client: hundreds of listeners on one signal look like a leak to Node.
  const stoppers = new Map([...tasks.keys()].map((id) => [id, new AbortController()]));
  const noted: Promise<void>[] = [];
  const take = async (clientId: string, task: FitTask, { update, ...bytes }: Delivery) => {
    try {
      check?.(task, update);
    } catch (error) {
      await onEvent?.({
        type: "update-rejected",
        clientId,
        code: codeOf(error),
        message: messageOf(error),
      });
      return;
    }
    accepted.set(clientId, update);
    await onEvent?.({ type: "update-accepted", clientId, update, ...bytes });
  };
  const ask = async (clientId: string, task: FitTask) => {
    try {
      const delivery = await transport.send(clientId, task, {
        signal: stoppers.get(clientId)!.signal,
      });
      if (isOver) return;
      const taken = take(clientId, task, delivery);
      noted.push(taken);
      await taken;
    } catch (error) {
      const code = codeOf(error);
      const type = damaged.has(code) ? "update-rejected" : "client-failed";
      if (!isOver) await onEvent?.({ type, clientId, code, message: messageOf(error) });
    } finally {
      open.delete(clientId);
      settle();
    }
  };
  const asked = [...tasks].map(([clientId, task]) => ask(clientId, task));
  try {
    if (tasks.size === 0) closed.resolve();
    signal?.throwIfAborted();
    await closed.promise;
    signal?.throwIfAborted();
    for (const clientId of open) await onEvent?.({ type: "straggler", clientId });
  } finally {
    clearTimeout(late);
    clearTimeout(end);
    signal?.removeEventListener("abort", onAbort);
    isOver = true;
    const reason = new FedError("ERR_TRANSPORT", "fedlt/federation: the round is closed");
    for (const stopper of stoppers.values()) stopper.abort(reason);
    if (open.size === 0) await Promise.all(asked);
  }
  await Promise.all(noted);
  return new Map([...accepted].sort(([a], [b]) => (a < b ? -1 : 1)));
}
