import type { OptionNames } from "@deepgrain/support";
import type { NatsConnection } from "@nats-io/nats-core";
import { FedError } from "../errors";
import { knownOptions } from "../known-options";
import { createChannel } from "../runtime/channel";
import type { ClientEvent } from "../runtime/client-events";
import { newInstance } from "../runtime/instance";
import { PROTOCOL } from "../runtime/messages";
import type { LocalTrain } from "../runtime/task";
import { checkToken, runNames } from "./subjects";
import { createTaskDesk, type Hello, type TaskState } from "./task-desk";

/** Options of `natsClient`. */
export interface NatsClientOptions {
  /** From `connect` of `@nats-io/transport-node`, or `wsconnect` of `@nats-io/nats-core` in browsers; see `connectionOptions`. */
  readonly connection: NatsConnection;
  readonly run: string;
  readonly clientId: string;
  readonly train: LocalTrain;
  /** Time between heartbeats. Default 1000. */
  readonly heartbeatMs?: number | undefined;
  /** Larger answers are sent through the object store. Default 262,144. */
  readonly inlineBytes?: number | undefined;
  /** Leaves the federation. */
  readonly signal?: AbortSignal | undefined;
}

const natsClientOptionNames: OptionNames<NatsClientOptions> = {
  connection: true,
  run: true,
  clientId: true,
  train: true,
  heartbeatMs: true,
  inlineBytes: true,
  signal: true,
};

/** Reports when the connection to the broker is lost and restored, and then sends hello again. */
async function watchConnection(
  connection: NatsConnection,
  push: (event: ClientEvent) => void,
  hello: () => void,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") push({ type: "disconnected", reason: "the broker is unavailable" });
    if (type === "reconnect") {
      push({ type: "connected" });
      hello();
    }
  }
}

/**
 * Takes part in a federation over NATS until the coordinator ends it or the signal is aborted. The client may be killed at
 * any point and restarted: it gets its open task again, and a repeated answer counts once. While the broker is
 * unavailable, it continues training and sends the answer afterwards.
 *
 * @returns events as they happen; the connection stays open and belongs to the caller
 * @throws {FedError} `ERR_ARGUMENT` for names that are not tokens of a subject, `ERR_TRANSPORT` when the connection is closed
 */
export async function* natsClient(options: NatsClientOptions): AsyncGenerator<ClientEvent, void> {
  knownOptions("natsClient", options, natsClientOptionNames);
  const { connection, run, clientId, heartbeatMs = 1000, inlineBytes = 2 ** 18, signal } = options;
  checkToken("clientId", clientId);
  const names = runNames(run);
  const channel = createChannel<ClientEvent>();
  const leaving = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const state: TaskState = {};
  const instance = newInstance();
  let isFinished = false;
  let failure: unknown;

  const hello = () => {
    const text: Hello = { protocol: PROTOCOL, instance, ...state };
    if (!connection.isClosed()) connection.publish(names.hello(clientId), JSON.stringify(text));
  };

  const desk = createTaskDesk({
    ...options,
    inlineBytes,
    signal: stopped,
    push: channel.push,
    hello,
    state,
  });

  const tasks = connection.subscribe(names.task(clientId), {
    callback: (error, message) => {
      if (!error) void desk.answer(message.data, message.headers);
    },
  });
  const control = connection.subscribe(names.control, {
    callback: (error, message) => {
      if (error) return;
      const type = message.string().includes('"end"') ? "end" : "who";
      if (type === "who") hello();
      if (type === "end") {
        isFinished = true;
        channel.push({ type: "finished" });
      }
    },
  });
  const beat = setInterval(hello, heartbeatMs);
  void connection.closed().then((error) => {
    failure = error ?? new Error("the connection was closed");
    leaving.abort();
  });
  void watchConnection(connection, channel.push, hello);
  const aborted = new Promise<void>((resolve) =>
    stopped.addEventListener("abort", () => resolve(), { once: true }),
  );
  try {
    hello();
    yield { type: "connected" };
    while (!stopped.aborted && !isFinished) {
      await Promise.race([channel.next(), aborted]);
      yield* channel.drain();
    }
    if (failure && !signal?.aborted)
      throw new FedError(
        "ERR_TRANSPORT",
        `fedlt/natsClient: ${failure instanceof Error ? failure.message : failure}`,
        { cause: failure },
      );
  } finally {
    clearInterval(beat);
    leaving.abort();
    desk.stop();
    if (!connection.isClosed()) {
      tasks.unsubscribe();
      control.unsubscribe();
    }
  }
}
