import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { FedError } from "../errors";
import type { ClientEvent } from "../runtime/client-events";
import { type Message, taskId, unpackMessage } from "../runtime/messages";
import { createResponder } from "../runtime/responder";
import type { LocalTrain } from "../runtime/task";
import { type Envelope, inlineEnvelope, openEnvelope, referringEnvelope } from "./envelope";
import { untilDone } from "./retry";
import { runNames } from "./subjects";

/** The task under way, and the last one that was answered. */
export interface TaskState {
  busy?: string | undefined;
  done?: string | undefined;
}

/** What a client says about itself. */
export interface Hello extends Readonly<TaskState> {
  readonly protocol: number;
}

/** What a desk needs. */
interface TaskDeskOptions {
  readonly connection: NatsConnection;
  readonly run: string;
  readonly clientId: string;
  readonly train: LocalTrain;
  readonly inlineBytes: number;
  readonly signal: AbortSignal;
  readonly push: (event: ClientEvent) => void;
  /** Says at once what the client does now. */
  readonly hello: () => void;
  readonly state: TaskState;
}

/** Answers a client's tasks as they come. */
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
    // The broker keeps one message per id, so a repeated attempt to publish counts once.
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
    /** Answers one message; whatever is wrong with it becomes an event. */
    answer: async (data: Uint8Array, fields: Envelope["headers"] | undefined): Promise<void> => {
      let id = "";
      try {
        id = taskId(unpackMessage(data));
        if (state.busy === id) return; // it is under way
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
