import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { checkInteger } from "../check";
import { FedError } from "../errors";
import {
  type BlobFormat,
  decodeUpdate,
  encodeTask,
  type MessageHeader,
  taskId,
  unpackMessage,
} from "../runtime/messages";
import { createPendingReplies } from "../runtime/pending-replies";
import type { FitTask } from "../runtime/task";
import { createListeners, type Transport, type TransportEvent } from "../runtime/transport";
import { clientOf, prepareRun, readAnswers, watchClients } from "./broker-run";
import { createDownBlobs } from "./down-blobs";
import {
  type Envelope,
  inlineEnvelope,
  objectOf,
  openEnvelope,
  referringEnvelope,
} from "./envelope";
import { createMailbox } from "./mailbox";
import type { Hello } from "./task-desk";

/** Options of `natsTransport`. */
export interface NatsTransportOptions {
  /** The coordinator's connection; see `connectionOptions`. */
  readonly connection: NatsConnection;
  /** Names the run on the broker; a coordinator that is started again with the same name finds answers that came meanwhile. */
  readonly run: string;
  /** Largest update in bytes. Default 2^28. */
  readonly maxBytes?: number;
  /** Larger models go through the object store. Default 262,144. */
  readonly inlineBytes?: number;
  /** How tensors are written. Default `"safetensors"`. */
  readonly format?: BlobFormat;
  /** Time between signs of life of clients; after five without one a client counts as gone. Default 1000. */
  readonly heartbeatMs?: number;
}

/** A task that waits for its answer. */
interface OpenTask {
  readonly id: string;
  readonly envelope: Envelope;
  readonly bytes: number;
  sentAt: number;
  /** Differs for each request, so that the broker takes an answer to a repeated task for a new one. */
  attempt: number;
}

/**
 * Reaches clients through a NATS broker: processes, machines and browser tabs alike. Tasks are sent until they are
 * answered; answers are kept by JetStream until their round is over, so neither a killed client nor a killed coordinator nor
 * a broker that restarts loses or doubles one. Large tensors travel through the object store.
 *
 * @throws {FedError} `ERR_ARGUMENT` for a run that is no token of a subject, `ERR_RANGE`; errors of the broker when the stream
 *   cannot be created
 */
export async function natsTransport(options: NatsTransportOptions): Promise<Transport> {
  const {
    connection,
    maxBytes = 2 ** 28,
    inlineBytes = 2 ** 18,
    format = "safetensors",
    heartbeatMs = 1000,
  } = options;
  checkInteger("natsTransport", "maxBytes", maxBytes, 1);
  checkInteger("natsTransport", "heartbeatMs", heartbeatMs, 1);
  const { names, manager, buckets, openUp } = await prepareRun(connection, options.run, maxBytes);
  // Tells this coordinator's requests from those of one that was killed before.
  const session = Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) =>
    n.toString(36),
  ).join("");
  const blobs = createDownBlobs(buckets, names.down, session);
  const open = new Map<string, OpenTask>();
  const mailbox = createMailbox();
  const answered = new Set<string>(); // "client task" of this round
  const pending = createPendingReplies();
  const events = createListeners<TransportEvent>();
  const closing = new AbortController();
  let usedObjects: { clientId: string; name: string; round: number }[] = [];
  let currentRound = -1;
  let lastSequence = 0;
  let requests = 0;

  const publish = (clientId: string, task: OpenTask) => {
    task.sentAt = Date.now();
    task.envelope.headers.set("Fed-Attempt", `${session}-${task.attempt}`);
    const { data, headers } = task.envelope;
    if (!connection.isClosed()) connection.publish(names.task(clientId), data, { headers });
  };

  /** Opens the answer to a task and hands it over. */
  async function deliver(
    clientId: string,
    received: JsMsg,
    { round, kind }: MessageHeader,
    task: OpenTask,
  ): Promise<void> {
    const key = { clientId, round, kind };
    const name = objectOf(received.headers);
    // Kept until the round is over: a coordinator that is killed now reads it again.
    if (name !== undefined) usedObjects.push({ clientId, name, round });
    try {
      const bucket = () => buckets.open(names.up(clientId));
      const { message, bytes } = await openEnvelope(received, bucket, {
        maxBytes,
        signal: closing.signal,
      });
      const outcome = pending.settle(key, () => ({
        update: decodeUpdate(message),
        bytesUp: bytes,
        bytesDown: task.bytes,
      }));
      if (outcome !== "taken")
        events.emit({ type: "reply-ignored", clientId, round, reason: outcome });
    } catch (error) {
      pending.fail(key, error);
    }
  }

  function receive(received: JsMsg): void {
    const clientId = clientOf(received.subject);
    lastSequence = Math.max(lastSequence, received.seq);
    try {
      const { header } = unpackMessage(received.data);
      const { task = "", round } = header;
      const asked = open.get(clientId);
      if (asked?.id === task) {
        open.delete(clientId);
        answered.add(`${clientId} ${task}`);
        void deliver(clientId, received, header, asked);
      } else if (answered.has(`${clientId} ${task}`))
        events.emit({ type: "reply-ignored", clientId, round, reason: "duplicate" });
      else if (round < currentRound)
        events.emit({ type: "reply-ignored", clientId, round, reason: "late" });
      else mailbox.put(clientId, task, round, received);
    } catch (error) {
      const { code, message } = FedError.isInstance(error)
        ? error
        : new FedError("ERR_FORMAT", String(error));
      events.emit({ type: "message-rejected", clientId, code, message });
    }
  }

  /** Sends the open task again where the client does not seem to have it. */
  function onHello(clientId: string, { busy, done }: Hello): void {
    const task = open.get(clientId);
    if (!task || busy === task.id) return;
    const waited = Date.now() - task.sentAt;
    if (waited < heartbeatMs / 2) return; // the task is on its way
    // A finished answer is in the stream; only when it does not come it must be sent again.
    if (done === task.id && waited < 10 * heartbeatMs) return;
    if (done === task.id) task.attempt = requests++;
    publish(clientId, task);
  }

  /** Forgets what belongs to rounds that are finished, here and on the broker. */
  async function startRound(round: number): Promise<void> {
    if (round <= currentRound) return;
    const isFirst = currentRound < 0;
    currentRound = round;
    answered.clear();
    mailbox.forgetBefore(round);
    const old = usedObjects.filter((object) => object.round < round);
    usedObjects = usedObjects.filter((object) => object.round >= round);
    await blobs.forgetBefore(round);
    if (isFirst) return;
    // Best effort: what stays is only space.
    await manager.streams.purge(names.stream, { seq: lastSequence + 1 }).catch(() => undefined);
    for (const { clientId, name } of old)
      await buckets
        .open(names.up(clientId))
        .then((bucket) => bucket.delete(name))
        .catch(() => undefined);
  }

  async function openTask(
    clientId: string,
    task: FitTask,
    signal?: AbortSignal,
  ): Promise<OpenTask> {
    await openUp(clientId, signal);
    const message = encodeTask(task, { format });
    const state = { id: taskId(message), sentAt: 0, attempt: requests++ };
    if (message.blob.length <= inlineBytes) {
      const envelope = inlineEnvelope(message);
      return { ...state, envelope, bytes: envelope.data.length };
    }
    const envelope = referringEnvelope(message, await blobs.put(task.round, message.blob, signal));
    return { ...state, envelope, bytes: envelope.data.length + message.blob.length };
  }

  const clients = watchClients(connection, names, heartbeatMs, events.emit, onHello);
  const answers = await readAnswers(
    connection,
    names.stream,
    () => lastSequence + 1,
    receive,
    closing.signal,
  );

  return {
    nodes: clients.nodes,
    send: async (clientId, task, { signal } = {}) => {
      await startRound(task.round);
      const entry = await openTask(clientId, task, signal);
      const { round, kind = "fit" } = task;
      const answer = pending.wait({ clientId, round, kind }, signal);
      open.set(clientId, entry);
      const early = mailbox.take(clientId, entry.id);
      if (early) receive(early);
      else publish(clientId, entry);
      try {
        return await answer;
      } finally {
        if (open.get(clientId) === entry) open.delete(clientId);
      }
    },
    onEvent: events.add,
    close: async () => {
      clients.stop();
      closing.abort();
      pending.failAll(
        new FedError("ERR_TRANSPORT", "fedlt/natsTransport: the transport was closed"),
      );
      if (connection.isClosed()) return;
      connection.publish(names.control, JSON.stringify({ type: "end" }));
      await answers.close();
      await connection.flush();
    },
  };
}
