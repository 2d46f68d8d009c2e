import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { FedError } from "../../errors";
import type { ClientEvent } from "../runtime/client-events";
import { type Message, taskId, unpackMessage } from "../runtime/messages";
import { createResponder } from "../runtime/responder";
import type { LocalTrain } from "../runtime/task";
import { type Envelope, inlineEnvelope, openEnvelope, referringEnvelope } from "./envelope";
import { untilDone } from "./retry";
import { runNames } from "./subjects";

/** The current task, and the last one that was answered. */
export interface TaskState {
  busy?: string | undefined;
  done?: string | undefined;
}

/** The status that a client reports. */
export interface Hello extends Readonly<TaskState> {
  readonly protocol: number;
  /** Identifies its process. */
  readonly instance?: string | undefined;
}

/** Options of a task desk. */
interface TaskDeskOptions {
  readonly connection: NatsConnection;
  readonly run: string;
  readonly clientId: string;
  readonly train: LocalTrain;
  readonly inlineBytes: number;
  readonly signal: AbortSignal;
  readonly push: (event: ClientEvent) => void;
  /** Reports the client's current status at once. */
  readonly hello: () => void;
  readonly state: TaskState;
}

/** Answers a client's tasks as they arrive. */
export function createTaskDesk(options: TaskDeskOptions) {
  const { connection, run, clientId, train, inlineBytes, signal, push, hello, state } = options;
  const names = runNames(run);
  const responder = createResponder(train);
  const js = jetstream(connection);
  const buckets = new Objm(js);

  async function envelopeOf(answer: Message, id: string): Promise<Envelope> {
    if (answer.blob.length <= inlineBytes) return inlineEnvelope(answer);
    const name = `${answer.header.round}-${answer.header.kind}-${id}`;
    const bucket = await untilDone(() => buckets.open(names.up(clientId)), { signal });
    await untilDone(() => bucket.putBlob({ name }, answer.blob), { signal });
    return referringEnvelope(answer, name);
  }

  async function publish({ data, headers }: Envelope, id: string, attempt: string): Promise<void> {
    // The broker keeps one message per id, so a repeated publication counts once.
    const msgID = `${clientId}.${id}.${attempt}`;
    await untilDone(() => js.publish(names.update(clientId), data, { headers, msgID }), { signal });
  }

  async function work(id: string, data: Uint8Array, fields: Envelope["headers"] | undefined) {
    const bucket = () => buckets.open(names.down);
    const { message } = await openEnvelope({ data, headers: fields }, bucket, { signal });
    const { round, kind } = message.header;
    push({ type: "task-start", round, kind });
    const answer = await responder.respond(message);
    if (!answer || signal.aborted) return;
    await publish(await envelopeOf(answer, id), id, fields?.get("Fed-Attempt") || "0");
    state.done = id;
    push({ type: "update-sent", round, kind, bytes: answer.blob.length });
  }

  return {
    /** Answers one message; any error becomes an event. */
    answer: async (data: Uint8Array, fields: Envelope["headers"] | undefined): Promise<void> => {
      let id = "";
      try {
        id = taskId(unpackMessage(data));
        if (state.busy === id) return; // it is in progress
        state.busy = id;
        await work(id, data, fields);
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = FedError.isInstance(error)
          ? error
          : new FedError("ERR_TRANSPORT", String(error));
        push({ type: "message-rejected", code, message });
      }
      if (state.busy === id) state.busy = undefined;
      hello();
    },
    stop: () => responder.stop(),
  };
}
