/**
 * @file Tasks and answers as bytes: a small JSON header, and one blob with all tensors. Tensor `fc.weight` of group
 * `prototype/3` is named `prototype/3::fc.weight`; the model's own group is `params`, raw bytes are in `blobs`.
 */

import { FedError, optionsOf, refuseUnknown } from "../../errors";
import { checksum } from "../tensors/checksum";
import type { NamedTensor, NamedTensors, TensorGroups } from "../tensors/named-tensors";
import { encodeNpy, encodeNpyBytes } from "../tensors/npy";
import { decodeSafetensors, encodeSafetensors } from "../tensors/safetensors";
import { type ArrayEntry, decodeArrays } from "./numpy-arrays";
import type { FitTask, FitUpdate, Json } from "./task";

/** The version of messages; both sides must have the same. */
export const PROTOCOL = 1;

/** Format of tensors: one safetensors file, or consecutive NumPy arrays as Flower's clients read them. */
export type BlobFormat = "safetensors" | "npy";

/** The header of a message: everything but tensors. */
export interface MessageHeader {
  readonly protocol: number;
  readonly type: "task" | "update" | "failure";
  readonly kind: string;
  readonly round: number;
  readonly clientId: string;
  readonly body: { readonly [key: string]: Json | undefined };
  readonly format: BlobFormat;
  /** Checksum of the blob. */
  readonly checksum: string;
  /** In an answer: `taskId` of the task that it belongs to. */
  readonly task?: string | undefined;
  /** The arrays of the blob, with the format `npy`. */
  readonly arrays?: readonly ArrayEntry[] | undefined;
}

/** An encoded message: the header is sent as JSON, the blob together with it or through an object store. */
export interface Message {
  readonly header: MessageHeader;
  readonly blob: Uint8Array;
}

type Payload = Pick<FitTask, "params" | "groups" | "blobs">;

function flatPayload({ params, groups, blobs = new Map() }: Payload) {
  const tensors = new Map<string, NamedTensor>();
  for (const [name, tensor] of params) tensors.set(`params::${name}`, tensor);
  for (const [group, members] of groups)
    for (const [name, tensor] of members) tensors.set(`${group}::${name}`, tensor);
  return { tensors, blobs: new Map([...blobs].map(([name, bytes]) => [`blobs::${name}`, bytes])) };
}

function encodePayload(
  payload: Payload,
  format: BlobFormat,
): Pick<MessageHeader, "arrays"> & { blob: Uint8Array } {
  const { tensors, blobs } = flatPayload(payload);
  if (format === "safetensors") return { blob: encodeSafetensors({ tensors, blobs }) };
  const parts = [
    ...[...tensors].map(([name, tensor]) => ({
      name,
      dtype: "float32",
      shape: tensor.shape,
      file: encodeNpy(tensor),
    })),
    ...[...blobs].map(([name, bytes]) => ({
      name,
      dtype: "uint8",
      shape: [bytes.length],
      file: encodeNpyBytes(bytes),
    })),
  ];
  const blob = new Uint8Array(parts.reduce((sum, { file }) => sum + file.length, 0));
  let offset = 0;
  const arrays = parts.map(({ file, ...entry }): ArrayEntry => {
    blob.set(file, offset);
    const described = { ...entry, stype: "numpy.ndarray" as const, offset, bytes: file.length };
    offset += file.length;
    return described;
  });
  return { blob, arrays };
}

function decodePayload({ header, blob }: Message): {
  params: NamedTensors;
  groups: TensorGroups;
  blobs: Map<string, Uint8Array>;
} {
  const found = checksum(blob);
  if (found !== header.checksum)
    throw new FedError(
      "ERR_FORMAT",
      `fedlt/messages: the blob of ${header.clientId} in round ${header.round} was damaged in transit: checksum ${found}, expected ${header.checksum}`,
    );
  const { tensors, blobs } =
    header.format === "npy" ? decodeArrays(blob, header.arrays) : decodeSafetensors(blob);
  const groups = new Map<string, NamedTensors>([["params", new Map()]]);
  for (const [name, tensor] of tensors) {
    const at = name.indexOf("::");
    if (at < 0)
      throw new FedError(
        "ERR_FORMAT",
        `fedlt/messages: a tensor's name must be group::name, got ${name}`,
      );
    const group = groups.get(name.slice(0, at)) ?? new Map<string, NamedTensor>();
    groups.set(name.slice(0, at), group.set(name.slice(at + 2), tensor));
  }
  const params = groups.get("params")!;
  groups.delete("params");
  return {
    params,
    groups,
    blobs: new Map([...blobs].map(([name, bytes]) => [name.replace(/^blobs::/, ""), bytes])),
  };
}

type Address = Pick<MessageHeader, "round" | "clientId" | "kind">;

function message(
  type: MessageHeader["type"],
  { round, clientId, kind }: Address,
  body: MessageHeader["body"],
  payload: Payload,
  format: BlobFormat,
): Message {
  const { blob, arrays } = encodePayload(payload, format);
  const header = {
    protocol: PROTOCOL,
    type,
    kind,
    round,
    clientId,
    body,
    format,
    checksum: checksum(blob),
    arrays,
  };
  return { header, blob };
}

const nothing: Payload = { params: new Map(), groups: new Map() };

/** The identity of a task: equal tasks have equal ids. */
export function taskId({ header }: Message): string {
  const { kind, round, clientId, body } = header;
  return checksum(
    new TextEncoder().encode(JSON.stringify([kind, round, clientId, body, header.checksum])),
  );
}

/** A task as a message. */
export function encodeTask(task: FitTask, options: { format?: BlobFormat } = {}): Message {
  const { format = "safetensors", ...rest } = optionsOf("encodeTask", options);
  refuseUnknown("encodeTask", rest);
  const { kind = "fit", round, clientId, seed, config } = task;
  return message("task", { round, clientId, kind }, { seed, config }, task, format);
}

/** An update as a message. */
export function encodeUpdate(
  address: Address,
  update: FitUpdate,
  options: { format?: BlobFormat } = {},
): Message {
  const { format = "safetensors", ...rest } = optionsOf("encodeUpdate", options);
  refuseUnknown("encodeUpdate", rest);
  const { numSamples, metrics = {}, params, groups = new Map(), blobs = new Map() } = update;
  return message("update", address, { numSamples, metrics }, { params, groups, blobs }, format);
}

/** A client's failure as a message. */
export function encodeFailure(address: Address, error: unknown): Message {
  const text = error instanceof Error ? error.message : String(error);
  const code = FedError.isInstance(error) ? error.code : "ERR_CLIENT";
  return message("failure", address, { code, message: text }, nothing, "safetensors");
}

/** Reads a task. @throws {FedError} `ERR_FORMAT` for damaged or malformed bytes */
export function decodeTask(received: Message): FitTask {
  const { kind, round, clientId, body } = received.header;
  const { seed, config } = body as { seed: number; config: FitTask["config"] };
  return { kind, round, clientId, seed, config, ...decodePayload(received) };
}

/**
 * Reads an answer.
 * @throws {FedError} `ERR_FORMAT` for damaged or malformed bytes; for a failure, an error with the client's code
 */
export function decodeUpdate(received: Message): FitUpdate {
  const { type, body, clientId } = received.header;
  const reason = typeof body.message === "string" ? body.message : "it failed and does not say why";
  if (type === "failure")
    throw new FedError("ERR_DATA", `fedlt/client ${clientId}: ${reason}`, {
      fields: { clientId, code: body.code },
    });
  const { numSamples, metrics } = body as { numSamples: number; metrics: Record<string, number> };
  return { numSamples, metrics, ...decodePayload(received) };
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

const isArrayEntry = (entry: Partial<ArrayEntry> | null | undefined): boolean =>
  typeof entry?.name === "string" && isCount(entry.offset) && isCount(entry.bytes);

/**
 * Checks a header that was received as JSON.
 * @throws {FedError} `ERR_VERSION` when the other side uses another version, `ERR_FORMAT`
 */
export function checkHeader(header: unknown): MessageHeader {
  const fields = (
    typeof header === "object" && header !== null ? header : {}
  ) as Partial<MessageHeader>;
  if (fields.protocol !== PROTOCOL)
    throw new FedError(
      "ERR_VERSION",
      `fedlt/messages: this side speaks version ${PROTOCOL}, the other ${fields.protocol ?? "none"}; install the same version of @deepgrain/fedlt on both`,
      {
        fields: { own: PROTOCOL, other: fields.protocol },
      },
    );
  const { type, kind, round, clientId, body, format, checksum: sum, arrays = [] } = fields;
  const isWhole =
    (type === "task" || type === "update" || type === "failure") &&
    typeof kind === "string" &&
    Number.isSafeInteger(round) &&
    typeof clientId === "string" &&
    typeof body === "object" &&
    body !== null &&
    (format === "safetensors" || format === "npy") &&
    typeof sum === "string";
  const areArrays = Array.isArray(arrays) && arrays.every(isArrayEntry);
  if (!isWhole || !areArrays) {
    const wanted = isWhole
      ? "arrays with name, offset and bytes"
      : "type, kind, round, clientId, body, format and checksum";
    throw new FedError("ERR_FORMAT", `fedlt/messages: a header must have ${wanted}`);
  }
  return fields as MessageHeader;
}

/** The answer to a task, marked with the task's id. */
export function answerTo(task: Message, answer: Message): Message {
  return { ...answer, header: { ...answer.header, task: taskId(task) } };
}

/** Header and blob in one frame: 4 bytes of header length, little-endian, the header, the blob. */
export function packMessage({ header, blob }: Message): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const frame = new Uint8Array(4 + text.length + blob.length);
  new DataView(frame.buffer).setUint32(0, text.length, true);
  frame.set(text, 4);
  frame.set(blob, 4 + text.length);
  return frame;
}

/** The reverse of `packMessage`. @throws {FedError} `ERR_FORMAT`, `ERR_VERSION` */
export function unpackMessage(frame: Uint8Array): Message {
  const length =
    frame.length >= 4 ? new DataView(frame.buffer, frame.byteOffset).getUint32(0, true) : 0;
  if (length === 0 || 4 + length > frame.length)
    throw new FedError(
      "ERR_FORMAT",
      `fedlt/messages: a frame of ${frame.length} bytes is cut off or malformed`,
    );
  return {
    header: parseHeader(new TextDecoder().decode(frame.subarray(4, 4 + length))),
    blob: frame.subarray(4 + length),
  };
}

/** Reads a header's JSON. @throws {FedError} `ERR_FORMAT`, `ERR_VERSION` */
export function parseHeader(text: string): MessageHeader {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw new FedError("ERR_FORMAT", "fedlt/messages: a header must be JSON", { cause });
  }
  return checkHeader(header);
}
