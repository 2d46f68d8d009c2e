/** @file The streams and buckets of one run on the broker, and how the coordinator reads them. */
import {
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
  StorageType,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { PROTOCOL } from "../runtime/messages";
import type { TransportEvent } from "../runtime/transport";
import { nameInUse } from "../runtime/warning";
import { untilDone } from "./retry";
import { type RunNames, runNames } from "./subjects";
import type { Hello } from "./task-desk";

/** Creates the streams and buckets of a run on the broker unless they exist. */
export async function prepareRun(connection: NatsConnection, run: string, maxBytes: number) {
  const names = runNames(run);
  const manager = await jetstreamManager(connection);
  const subjects = [names.update("*")];
  await manager.streams.add({ name: names.stream, subjects, storage: StorageType.File });
  const buckets = new Objm(jetstream(connection));
  await buckets.create(names.down, { storage: StorageType.File });
  const known = new Set<string>();
  /** Creates the bucket for the answers of one client, with room for a few of the largest. */
  const openUp = async (clientId: string, signal?: AbortSignal) => {
    if (known.has(clientId)) return;
    const settings = { storage: StorageType.File, max_bytes: 4 * maxBytes };
    await untilDone(() => buckets.create(names.up(clientId), settings), { signal });
    known.add(clientId);
  };
  return { names, manager, buckets, openUp };
}

/** The last token of a subject is the client; the broker's permissions guarantee it. */
export const clientOf = (subject: string): string => subject.slice(subject.lastIndexOf(".") + 1);

/**
 * Tells, once per name, when two processes take turns under it: one is heard again after another was. A client that was
 * restarted is heard only as the new process.
 */
export function watchNames(): (clientId: string, instance: unknown) => boolean {
  const known = new Map<string, { now: unknown; before: unknown[]; isTold: boolean }>();
  return (clientId, given) => {
    const instance = typeof given === "string" && given.length <= 64 ? given : undefined;
    const own = known.get(clientId);
    if (!own) known.set(clientId, { now: instance, before: [], isTold: false });
    if (!own || own.isTold || own.now === instance) return false;
    own.isTold = own.before.includes(instance);
    // A few earlier processes are enough to notice, and no peer can fill the memory.
    own.before = [...own.before, own.now].slice(-4);
    own.now = instance;
    return own.isTold;
  };
}

/** The connected clients, tracked by their heartbeats. */
export function watchClients(
  connection: NatsConnection,
  names: RunNames,
  heartbeatMs: number,
  emit: (event: TransportEvent) => void,
  onHello: (clientId: string, hello: Hello) => void,
) {
  const seenAt = new Map<string, number>();
  const usesOfNames = watchNames();
  const refuse = (clientId: string, code: string, problem: string) =>
    emit({
      type: "message-rejected",
      clientId,
      code,
      message: `fedlt/natsTransport: client ${clientId} ${problem}`,
    });
  const hellos = connection.subscribe(names.hello("*"), {
    callback: (error, message) => {
      if (error) return;
      const clientId = clientOf(message.subject);
      let hello: Hello | undefined;
      try {
        hello = message.json<Hello | null>() ?? undefined;
      } catch {
        hello = undefined;
      }
      if (typeof hello !== "object") {
        refuse(clientId, "ERR_FORMAT", "sent a malformed heartbeat");
        return;
      }
      if (hello.protocol !== PROTOCOL) {
        refuse(clientId, "ERR_VERSION", `speaks version ${hello.protocol}, this side ${PROTOCOL}`);
        return;
      }
      const isNew = !seenAt.has(clientId);
      seenAt.set(clientId, Date.now());
      if (usesOfNames(clientId, hello.instance)) emit(nameInUse("natsTransport", clientId));
      if (isNew) emit({ type: "node-joined", clientId });
      onHello(clientId, hello);
    },
  });
  const say = (type: "who" | "here") => {
    if (!connection.isClosed()) connection.publish(names.control, JSON.stringify({ type }));
  };
  const watch = setInterval(() => {
    say("here");
    for (const [clientId, at] of seenAt)
      if (Date.now() - at > 5 * heartbeatMs) {
        seenAt.delete(clientId);
        emit({ type: "node-left", clientId });
      }
  }, heartbeatMs);
  say("who");
  return {
    nodes: () => [...seenAt.keys()].sort().map((id) => ({ id })),
    stop: () => {
      clearInterval(watch);
      if (!connection.isClosed()) hellos.unsubscribe();
    },
  };
}

/**
 * Reads a stream from a sequence number on. A broker that restarts loses its consumers, which the library notices only
 * after half a minute, so reading restarts with every reconnection.
 */
export async function readAnswers(
  connection: NatsConnection,
  stream: string,
  nextSequence: () => number,
  callback: (message: JsMsg) => void,
  signal: AbortSignal,
): Promise<{ close(): Promise<void> }> {
  const start = async () => {
    const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: nextSequence() };
    const consumer = await jetstream(connection).consumers.get(stream, from);
    return consumer.consume({ callback });
  };
  let reading = await start();
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type !== "reconnect" || signal.aborted) continue;
      reading.stop();
      reading = await untilDone(start, { signal });
    }
  })().catch(() => undefined); // the transport was closed in the meantime
  return {
    close: async () => {
      await reading.close();
    },
  };
}
