import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Complete } from "../../complete";
import { FedError } from "../../errors";
import {
  decodeUpdate,
  encodeTask,
  type MessageHeader,
  taskId,
  unpackMessage,
} from "../runtime/messages";
import { createPendingReplies } from "../runtime/pending-replies";
import type { FitTask } from "../runtime/task";
import type { createListeners, Delivery, TransportEvent } from "../runtime/transport";
import { clientOf, prepareRun } from "./broker-run";
import { createDownBlobs, type DownBlobs } from "./down-blobs";
import {
  type Envelope,
  inlineEnvelope,
  objectOf,
  openEnvelope,
  referringEnvelope,
} from "./envelope";
import { createMailbox, type Mailbox } from "./mailbox";
import type { Hello } from "./task-desk";

import type { NatsTransportOptions } from "./transport-options";

/** A task waiting for its answer. */
interface OpenTask {
  readonly id: string;
  readonly envelope: Envelope;
  readonly bytes: number;
  sentAt: number;
  /** Differs for each request, so that the broker accepts the answer to a repeated task as a new message. */
  attempt: number;
}

/** The state of a run in the coordinator. */
export interface Coordinator extends Awaited<ReturnType<typeof prepareRun>> {
  readonly options: Complete<NatsTransportOptions>;
  readonly connection: NatsConnection;
  /** Distinguishes the requests of this coordinator from those of one that was killed earlier. */
  readonly session: string;
  readonly blobs: DownBlobs;
  readonly open: Map<string, OpenTask>;
  readonly mailbox: Mailbox;
  /** "client task" of this round. */
  readonly answered: Set<string>;
  readonly pending: ReturnType<typeof createPendingReplies>;
  readonly events: ReturnType<typeof createListeners<TransportEvent>>;
  readonly closing: AbortController;
  usedObjects: { clientId: string; name: string; round: number }[];
  currentRound: number;
  lastSequence: number;
  requests: number;
}

export async function createCoordinator(
  options: Complete<NatsTransportOptions>,
  events: Coordinator["events"],
): Promise<Coordinator> {
  const { connection, run, maxBytes } = options;
  const broker = await prepareRun(connection, run, maxBytes);
  const session = Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) =>
    n.toString(36),
  ).join("");
  return {
    ...broker,
    options,
    connection,
    session,
    blobs: createDownBlobs(broker.buckets, broker.names.down, session),
    open: new Map(),
    mailbox: createMailbox(),
    answered: new Set(),
    pending: createPendingReplies(),
    events,
    closing: new AbortController(),
    usedObjects: [],
    currentRound: -1,
    lastSequence: 0,
    requests: 0,
  };
}

function publish({ connection, names, session }: Coordinator, clientId: string, task: OpenTask) {
  task.sentAt = Date.now();
  task.envelope.headers.set("Fed-Attempt", `${session}-${task.attempt}`);
  const { data, headers } = task.envelope;
  if (!connection.isClosed()) connection.publish(names.task(clientId), data, { headers });
}

/** Opens the answer to a task and delivers it. */
async function deliver(
  own: Coordinator,
  clientId: string,
  received: JsMsg,
  { round, kind }: MessageHeader,
  task: OpenTask,
): Promise<void> {
  const { pending, buckets, names, closing, events, options } = own;
  const key = { clientId, round, kind };
  const name = objectOf(received.headers);
  // Kept until the round is over: a coordinator that is killed now reads it again.
  if (name !== undefined) own.usedObjects.push({ clientId, name, round });
  try {
    const bucket = () => buckets.open(names.up(clientId));
    const { message, bytes } = await openEnvelope(received, bucket, {
      maxBytes: options.maxBytes,
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

/** Handles a message from the stream: an expected answer, a surplus one, or one that will be requested later. */
export function receive(own: Coordinator, received: JsMsg): void {
  const { open, answered, mailbox, events } = own;
  const clientId = clientOf(received.subject);
  own.lastSequence = Math.max(own.lastSequence, received.seq);
  try {
    const { header } = unpackMessage(received.data);
    const { task = "", round } = header;
    const asked = open.get(clientId);
    if (asked?.id === task) {
      open.delete(clientId);
      answered.add(`${clientId} ${task}`);
      void deliver(own, clientId, received, header, asked);
    } else if (answered.has(`${clientId} ${task}`))
      events.emit({ type: "reply-ignored", clientId, round, reason: "duplicate" });
    else if (round < own.currentRound)
      events.emit({ type: "reply-ignored", clientId, round, reason: "late" });
    else mailbox.put(clientId, task, round, received);
  } catch (error) {
    const { code, message } = FedError.isInstance(error)
      ? error
      : new FedError("ERR_FORMAT", String(error));
    events.emit({ type: "message-rejected", clientId, code, message });
  }
}

/** Resends the open task if the client does not seem to have it. */
export function onHello(own: Coordinator, clientId: string, { busy, done }: Hello): void {
  const { heartbeatMs } = own.options;
  const task = own.open.get(clientId);
  if (!task || busy === task.id) return;
  const waited = Date.now() - task.sentAt;
  if (waited < heartbeatMs / 2) return; // the task is on its way
  // A finished answer is in the stream; resend the task only if the answer does not arrive.
  if (done === task.id && waited < 10 * heartbeatMs) return;
  if (done === task.id) task.attempt = own.requests++;
  publish(own, clientId, task);
}

/** Deletes the data of finished rounds, here and on the broker. */
async function startRound(own: Coordinator, round: number): Promise<void> {
  if (round <= own.currentRound) return;
  const { answered, mailbox, blobs, manager, buckets, names } = own;
  const isFirst = own.currentRound < 0;
  own.currentRound = round;
  answered.clear();
  mailbox.forgetBefore(round);
  const old = own.usedObjects.filter((object) => object.round < round);
  own.usedObjects = own.usedObjects.filter((object) => object.round >= round);
  await blobs.forgetBefore(round);
  if (isFirst) return;
  // Best effort: a failure only costs space.
  await manager.streams.purge(names.stream, { seq: own.lastSequence + 1 }).catch(() => undefined);
  for (const { clientId, name } of old)
    await buckets
      .open(names.up(clientId))
      .then((bucket) => bucket.delete(name))
      .catch(() => undefined);
}

async function openTask(
  own: Coordinator,
  clientId: string,
  task: FitTask,
  signal?: AbortSignal,
): Promise<OpenTask> {
  const { format, inlineBytes } = own.options;
  await own.openUp(clientId, signal);
  const message = encodeTask(task, { format });
  const state = { id: taskId(message), sentAt: 0, attempt: own.requests++ };
  if (message.blob.length <= inlineBytes) {
    const envelope = inlineEnvelope(message);
    return { ...state, envelope, bytes: envelope.data.length };
  }
  const name = await own.blobs.put(task.round, message.blob, signal);
  const envelope = referringEnvelope(message, name);
  return { ...state, envelope, bytes: envelope.data.length + message.blob.length };
}

/** Sends a task and waits for its answer, which may already be in the mailbox. */
export async function sendTask(
  own: Coordinator,
  clientId: string,
  task: FitTask,
  signal?: AbortSignal,
): Promise<Delivery> {
  const { open, pending, mailbox } = own;
  await startRound(own, task.round);
  const entry = await openTask(own, clientId, task, signal);
  const { round, kind = "fit" } = task;
  const answer = pending.wait({ clientId, round, kind }, signal);
  open.set(clientId, entry);
  const early = mailbox.take(clientId, entry.id);
  if (early) receive(own, early);
  else publish(own, clientId, entry);
  try {
    return await answer;
  } finally {
    if (open.get(clientId) === entry) open.delete(clientId);
  }
}
