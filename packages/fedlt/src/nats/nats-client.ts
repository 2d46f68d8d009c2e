import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { FedError } from "../errors";
import { createChannel } from "../runtime/channel";
import type { ClientEvent } from "../runtime/client-events";
import { type Message, PROTOCOL, taskId, unpackMessage } from "../runtime/messages";
import { createResponder } from "../runtime/responder";
import type { LocalTrain } from "../runtime/task";
import { type Envelope, inlineEnvelope, openEnvelope, referringEnvelope } from "./envelope";
import { untilDone } from "./retry";
import { checkToken, runNames } from "./subjects";

/** Options of `natsClient`. */
export interface NatsClientOptions {
  /** From `connect` of `@nats-io/transport-node`, or `wsconnect` of `@nats-io/nats-core` in browsers; see `connectionOptions`. */
  readonly connection: NatsConnection;
  readonly run: string;
  readonly clientId: string;
  readonly train: LocalTrain;
  /** Time between signs of life. Default 1000. */
  readonly heartbeatMs?: number;
  /** Larger answers go through the object store. Default 262,144. */
  readonly inlineBytes?: number;
  /** Leaves the federation. */
  readonly signal?: AbortSignal;
}

/** What a client says about itself. */
export interface Hello {
  readonly protocol: number;
  /** The task under way, and the last one that was answered. */
  readonly busy?: string | undefined;
  readonly done?: string | undefined;
}

/**
 * Takes part in a federation over NATS until the coordinator ends it or the signal is aborted. The client may be killed at
 * any point and started again: it gets its open task again, and an answer that comes twice counts once. While the broker is
 * away it goes on training and sends the answer afterwards.
 *
 * @returns events as they happen; the connection stays open and belongs to the caller
 * @throws {FedError} `ERR_ARGUMENT` for names that are no tokens of a subject, `ERR_TRANSPORT` when the connection is closed
 */
export async function* natsClient(options: NatsClientOptions): AsyncGenerator<ClientEvent, void> {
  const {
    connection,
    run,
    clientId,
    train,
    heartbeatMs = 1000,
    inlineBytes = 2 ** 18,
    signal,
  } = options;
  checkToken("clientId", clientId);
  const names = runNames(run);
  const channel = createChannel<ClientEvent>();
  const responder = createResponder(train);
  const leaving = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const js = jetstream(connection);
  const buckets = new Objm(js);
  const state: { busy?: string | undefined; done?: string | undefined } = {};
  let isFinished = false;
  let failure: unknown;

  const hello = () => {
    const text: Hello = { protocol: PROTOCOL, ...state };
    if (!connection.isClosed()) connection.publish(names.hello(clientId), JSON.stringify(text));
  };

  async function envelopeOf(answer: Message, id: string): Promise<Envelope> {
    if (answer.blob.length <= inlineBytes) return inlineEnvelope(answer);
    const name = `${answer.header.round}-${answer.header.kind}-${id}`;
    const bucket: ObjectStore = await untilDone(() => buckets.open(names.up(clientId)), {
      signal: stopped,
    });
    await untilDone(() => bucket.putBlob({ name }, answer.blob), { signal: stopped });
    return referringEnvelope(answer, name);
  }

  async function work(data: Uint8Array, fields: Envelope["headers"] | undefined): Promise<void> {
    const id = taskId(unpackMessage(data));
    if (state.busy === id) return; // it is under way
    state.busy = id;
    try {
      const { message } = await openEnvelope(
        { data, headers: fields },
        () => buckets.open(names.down),
        { signal: stopped },
      );
      const { round, kind } = message.header;
      channel.push({ type: "task-start", round, kind });
      const answer = await responder.respond(message);
      if (!answer || stopped.aborted) return;
      const envelope = await envelopeOf(answer, id);
      await untilDone(
        () =>
          js.publish(names.update(clientId), envelope.data, {
            headers: envelope.headers,
            msgID: `${clientId}.${id}.${fields?.get("Fed-Attempt") || 0}`,
          }),
        { signal: stopped },
      );
      state.done = id;
      channel.push({ type: "update-sent", round, kind, bytes: answer.blob.length });
    } catch (error) {
      if (stopped.aborted) return;
      const { code, message } = FedError.isInstance(error)
        ? error
        : new FedError("ERR_TRANSPORT", String(error));
      channel.push({ type: "message-rejected", code, message });
    } finally {
      if (state.busy === id) state.busy = undefined;
      hello();
    }
  }

  const tasks = connection.subscribe(names.task(clientId), {
    callback: (error, message) => {
      if (!error) void work(message.data, message.headers);
    },
  });
  const control = connection.subscribe(names.control, {
    callback: (error, message) => {
      if (error) return;
      const { type } = message.json<{ type: string }>();
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
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type === "disconnect")
        channel.push({ type: "disconnected", reason: "the broker is away" });
      if (type === "reconnect") {
        channel.push({ type: "connected" });
        hello();
      }
    }
  })();
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
    responder.stop();
    if (!connection.isClosed()) {
      tasks.unsubscribe();
      control.unsubscribe();
    }
  }
}
