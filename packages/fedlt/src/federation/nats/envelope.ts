import { headers, type MsgHdrs } from "@nats-io/nats-core";
import type { ObjectStore } from "@nats-io/obj";
import { FedError } from "../../errors";
import { type Message, packMessage, unpackMessage } from "../runtime/messages";
import { untilDone } from "./retry";

/** A message in NATS: complete, or its header with the name of the object that holds its blob. */
export interface Envelope {
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
}

const OBJECT = "Fed-Object";

/** An envelope that contains the complete message. */
export function inlineEnvelope(message: Message): Envelope {
  return { data: packMessage(message), headers: headers() };
}

/** An envelope whose blob is stored in a bucket. */
export function referringEnvelope({ header }: Message, objectName: string): Envelope {
  const fields = headers();
  fields.set(OBJECT, objectName);
  return { data: packMessage({ header, blob: new Uint8Array() }), headers: fields };
}

/** The object that an envelope refers to. */
export function objectOf(fields: MsgHdrs | undefined): string | undefined {
  return fields?.get(OBJECT) || undefined;
}

async function readAll(stream: ReadableStream<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const reader = stream.getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.set(value, at);
    at += value.length;
  }
}

/**
 * Opens an envelope and fetches its blob if it is in a bucket.
 * @throws {FedError} `ERR_FORMAT`, `ERR_VERSION`, `ERR_TOO_LARGE` before anything is fetched
 */
export async function openEnvelope(
  { data, headers: fields }: { data: Uint8Array; headers?: MsgHdrs | undefined },
  bucket: () => Promise<ObjectStore>,
  { maxBytes = Infinity, signal }: { maxBytes?: number; signal?: AbortSignal | undefined } = {},
): Promise<{ message: Message; bytes: number }> {
  const message = unpackMessage(data);
  const name = objectOf(fields);
  const tooLarge = (size: number) =>
    new FedError(
      "ERR_TOO_LARGE",
      `fedlt/nats: a message must have at most ${maxBytes} bytes, got ${size}`,
      { fields: { size, maxBytes } },
    );
  if (data.length > maxBytes) throw tooLarge(data.length);
  if (name === undefined) return { message, bytes: data.length };
  const blob = await untilDone(
    async () => {
      const store = await bucket();
      const found = await store.get(name);
      if (!found)
        throw new FedError("ERR_FORMAT", `fedlt/nats: the object ${name} is not in its bucket`, {
          fields: { name },
        });
      if (found.info.size > maxBytes) {
        await found.data.cancel();
        throw tooLarge(found.info.size);
      }
      return readAll(found.data, found.info.size);
    },
    { signal },
  );
  return { message: { header: message.header, blob }, bytes: data.length + blob.length };
}
