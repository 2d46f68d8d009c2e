/**
 * @file Reads event files with protobufjs. Messages and field numbers are those of TensorFlow: `tensorflow/core/util/event.proto`,
 *   commit 11461ab3bb368ff98e6bb09984ce0d19d935a277, and `tensorflow/core/framework/summary.proto`, commit
 *   22f1effcf29234fbaaed456ddcfe1a9c531bce24.
 */
import protobuf from "protobufjs";

const { root } = protobuf.parse(`
  syntax = "proto3";
  package tensorflow;
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; }
  }
  message Summary {
    message Value {
      string tag = 1;
      oneof value { float simple_value = 2; }
    }
    repeated Value value = 1;
  }
`);

/** An event as it was read. */
export interface ReadEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  summary?: { value: { tag: string; simpleValue: number }[] };
}

/** CRC-32C bit by bit, masked as TFRecord files have it. */
function maskedCrcBitByBit(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  }
  value = ~value >>> 0;
  return (((value >>> 15) | (value << 17)) + 0xa282ead8) >>> 0;
}

/** The events of a file. @throws {Error} where a checksum is wrong, or the file ends inside a record */
export function readEvents(file: Buffer): ReadEvent[] {
  const type = root.lookupType("tensorflow.Event");
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const message = file.subarray(at + 12, at + 12 + length);
    if (file.readUInt32LE(at + 8) !== maskedCrcBitByBit(file.subarray(at, at + 8)))
      throw new Error(`the checksum of the length at ${at} is wrong`);
    if (file.readUInt32LE(at + 12 + length) !== maskedCrcBitByBit(message))
      throw new Error(`the checksum of the message at ${at} is wrong`);
    const read = type.toObject(type.decode(message), { longs: Number, oneofs: true });
    events.push({ step: 0, ...read } as unknown as ReadEvent);
    at += 16 + length;
  }
  return events;
}
