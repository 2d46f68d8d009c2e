/**
 * @file TensorBoard's event files: TFRecords of `tensorflow.Event` messages. Field numbers are those of TensorFlow's
 *   `core/util/event.proto` (commit 11461ab3) and `core/framework/summary.proto` (commit 22f1effc). No library that is
 *   looked after writes them without TensorFlow itself.
 */
import { maskedCrc } from "./masked-crc";

/** Numbers at one step. */
export interface ScalarEvent {
  /** Seconds since 1970. */
  wallTime: number;
  /** A whole number from 0. */
  step: number;
  /** Finite numbers by tag; written as float32. */
  scalars: Readonly<Record<string, number>>;
}

/** Kinds of fields, as protocol buffers number them. */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value; // beyond 32 bits, so without bit operators
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}

const head = (field: number, kind: keyof typeof wire) => varint(field * 8 + wire[kind]);

const bytesField = (field: number, bytes: Uint8Array) =>
  Buffer.concat([head(field, "bytes"), varint(bytes.length), bytes]);

function numberField(field: number, value: number, kind: "fixed64" | "fixed32"): Uint8Array {
  const bytes = Buffer.alloc(kind === "fixed64" ? 8 : 4);
  if (kind === "fixed64") bytes.writeDoubleLE(value);
  else bytes.writeFloatLE(value);
  return Buffer.concat([head(field, kind), bytes]);
}

const textField = (field: number, text: string) => bytesField(field, Buffer.from(text));

/** An event of scalars. */
function eventMessage({ wallTime, step, scalars }: ScalarEvent): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, Buffer.concat([textField(1, tag), numberField(2, value, "fixed32")])),
  );
  return Buffer.concat([
    numberField(1, wallTime, "fixed64"),
    head(2, "varint"),
    varint(step),
    bytesField(5, Buffer.concat(values)),
  ]);
}

/** The event that begins a file. */
const versionMessage = (wallTime: number): Uint8Array =>
  Buffer.concat([numberField(1, wallTime, "fixed64"), textField(3, "brain.Event:2")]);

/** A message with its length, and the checksums of both. */
function record(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(12);
  length.writeBigUInt64LE(BigInt(message.length));
  length.writeUInt32LE(maskedCrc(length.subarray(0, 8)), 8);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(maskedCrc(message));
  return Buffer.concat([length, message, checksum]);
}

/** The bytes of an event file. @yields a record each; the first says the version */
export function* eventFile(events: Iterable<ScalarEvent>): Generator<Uint8Array> {
  let isFirst = true;
  for (const event of events) {
    if (isFirst) yield record(versionMessage(event.wallTime));
    isFirst = false;
    yield record(eventMessage(event));
  }
}
