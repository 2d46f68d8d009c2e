import type { NatsConnection } from "@nats-io/nats-core";
import type { Complete } from "../../complete";
import { FedError, functionOf, having, optionsOf, refuseUnknown } from "../../errors";
import { createChannel } from "../runtime/channel";
import { type ClientEvent, noCoordinator } from "../runtime/client-events";
import { type ClientRun, startClient } from "../runtime/client-run";
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
  /** Longest time without a word of the coordinator, who speaks in every heartbeat. Default 600,000; Infinity waits without end. */
  readonly waitMs?: number | undefined;
  /** Leaves the federation. */
  readonly signal?: AbortSignal | undefined;
}

type ClientSettings = Complete<Omit<NatsClientOptions, "signal">>;

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
 * @returns a client that has started: await its `done`, or read its events; the connection stays open and belongs to the caller
 * @throws {FedError} `ERR_ARGUMENT` for names that are not tokens of a subject; while it runs, `ERR_TRANSPORT` when the
 *   connection is closed, and when there was no coordinator for `waitMs`
 */
export function natsClient(options: NatsClientOptions): ClientRun {
  const {
    connection,
    run,
    clientId,
    train,
    heartbeatMs = 1000,
    inlineBytes = 2 ** 18,
    waitMs = 600_000,
    signal,
    ...rest
  } = optionsOf("natsClient", options);
  refuseUnknown("natsClient", rest);
  having("natsClient", "connection", connection, "publish", "subscribe");
  checkToken("clientId", clientId);
  runNames(run); // checks the name
  functionOf("natsClient", "train", train);
  const settings = { connection, run, clientId, train, heartbeatMs, inlineBytes, waitMs };
  return startClient((stop) => takePart(settings, stop), signal);
}

/** The events of a client until the run is over or the signal is aborted. */
async function* takePart(
  { connection, run, clientId, train, heartbeatMs, inlineBytes, waitMs }: ClientSettings,
  signal: AbortSignal,
): AsyncGenerator<ClientEvent, void> {
  const names = runNames(run);
  const channel = createChannel<ClientEvent>();
  const leaving = new AbortController();
  const stopped = AbortSignal.any([signal, leaving.signal]);
  const state: TaskState = {};
  const instance = newInstance();
  let isFinished = false;
  let silentBeats = 0;
  let failure: unknown;

  const hello = () => {
    const text: Hello = { protocol: PROTOCOL, instance, ...state };
    if (!connection.isClosed()) connection.publish(names.hello(clientId), JSON.stringify(text));
  };

  const leave = (error: unknown) => {
    failure ??= error;
    leaving.abort();
  };

  const desk = createTaskDesk({
    connection,
    run,
    clientId,
    train,
    inlineBytes,
    signal: stopped,
    push: channel.push,
    hello,
    state,
  });

  const tasks = connection.subscribe(names.task(clientId), {
    callback: (error, message) => {
      silentBeats = 0;
      if (!error) void desk.answer(message.data, message.headers);
    },
  });
  const control = connection.subscribe(names.control, {
    callback: (error, message) => {
      if (error) return;
      silentBeats = 0;
      const text = message.string();
      if (text.includes('"who"')) hello();
      if (text.includes('"end"')) {
        isFinished = true;
        channel.push({ type: "finished" });
      }
    },
  });
  const beat = setInterval(() => {
    // Beats are counted, not time: training may keep this process busy for long.
    if (++silentBeats * heartbeatMs > waitMs) leave(noCoordinator("natsClient", waitMs));
    else hello();
  }, heartbeatMs);
  void connection.closed().then((error) => leave(error ?? new Error("the connection was closed")));
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
    if (failure && !signal.aborted)
      throw FedError.isInstance(failure)
        ? failure
        : new FedError(
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
