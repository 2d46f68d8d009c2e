import { oneOf, optionsOf, real, refuseUnknown, WatermarkError, whole } from "../errors";
import type { KeyInput } from "../prf/key-ring";
import {
  bitsCodec,
  bytesCodec,
  integerCodec,
  type PayloadCodec,
  type ProvenanceRecord,
  recordCodec,
  textCodec,
} from "./payload-codec";

/** Options of `spelledCodec`. */
export interface SpelledCodecOptions {
  /** How the payload is written. Default `"bits"`. */
  readonly codec?: "bits" | "integer" | "hex" | "text" | "record" | undefined;
  /** Check bits behind the payload. Default 0 for bits and with a tag, else 8. */
  readonly checksum?: 0 | 8 | 16 | undefined;
  /** Length of a keyed tag behind that, 8 to 128. Default none. */
  readonly tagBits?: number | undefined;
  /** Reed-Solomon check bytes behind that. Default 0. */
  readonly eccBytes?: number | undefined;
  /** Makes and checks the tag. */
  readonly key?: KeyInput | undefined;
}

/** A codec between a payload as people write it and the bits of a profile. */
export interface SpelledCodec {
  /** @throws {WatermarkError} `ERR_PAYLOAD` when the payload has not the codec's form or does not fit */
  encode(payload: string): Uint8Array;
  /** @throws {WatermarkError} `ERR_DECODE` when the checksum or the tag does not match */
  decode(bits: Uint8Array, erasedBits: Uint8Array): unknown;
}

function badPayload(wanted: string): never {
  throw new WatermarkError("ERR_PAYLOAD", `payload must be ${wanted}`);
}

function spelled<T>(
  codec: PayloadCodec<T>,
  messageBits: number,
  parse: (payload: string) => T,
  show: (value: T) => unknown,
): SpelledCodec {
  if (codec.bits > messageBits)
    throw new WatermarkError(
      "ERR_PAYLOAD",
      `payload: ${codec.bits} bits are needed, the profile's message_bits is ${messageBits}`,
      { fields: { needed: codec.bits, got: messageBits } },
    );
  return {
    encode(payload) {
      const bits = new Uint8Array(messageBits);
      bits.set(codec.encode(parse(payload)));
      return bits;
    },
    decode: (bits, erasedBits) =>
      show(codec.decode(bits.slice(0, codec.bits), erasedBits.slice(0, codec.bits)).value),
  };
}

const parseBits = (payload: string): Uint8Array =>
  /^[01]+$/.test(payload) ? Uint8Array.from(payload, Number) : badPayload("zeros and ones");

const parseInteger = (payload: string): number =>
  /^\d+$/.test(payload) ? Number(payload) : badPayload("a whole number");

const parseHex = (payload: string): Uint8Array =>
  /^([0-9a-f]{2})+$/i.test(payload)
    ? Uint8Array.from(payload.match(/../g)!, (pair) => Number.parseInt(pair, 16))
    : badPayload("pairs of hexadecimal digits");

const showHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function parseRecord(payload: string): ProvenanceRecord {
  const wanted =
    'JSON such as {"modelVersion": 3, "time": "2025-01-01T00:00:00Z", "userId": 7}, with whole numbers';
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(payload);
  } catch {
    return badPayload(wanted);
  }
  const { modelVersion, time: given, userId, ...others } = value ?? {};
  const time = typeof given === "string" ? Date.parse(given) : given;
  const isWhole = [modelVersion, time, userId].every((number) => Number.isSafeInteger(number));
  if (!isWhole || Object.keys(others).length > 0) return badPayload(wanted);
  return { modelVersion, time, userId } as ProvenanceRecord;
}

/**
 * A codec for payloads as people write them: zeros and ones, a whole number, hexadecimal digits, text, or a record of model
 * version, time and user as JSON. It takes as many of the profile's bits as it can; those that it does not use are zero.
 *
 * @param messageBits the payload bits of the profile
 * @throws {WatermarkError} `ERR_PAYLOAD` when they are too few, with the bits needed; `ERR_KEY` for a tag without a key
 */
export function spelledCodec(messageBits: number, given: SpelledCodecOptions = {}): SpelledCodec {
  const {
    codec = "bits",
    tagBits = 0,
    checksum = codec === "bits" || tagBits > 0 ? 0 : 8,
    eccBytes = 0,
    key,
    ...rest
  } = optionsOf("spelledCodec", given);
  refuseUnknown("spelledCodec", rest);
  oneOf("spelledCodec", "codec", codec, ["bits", "integer", "hex", "text", "record"]);
  oneOf("spelledCodec", "checksum", checksum, [0, 8, 16]);
  if (tagBits !== 0) whole("spelledCodec", "tagBits", tagBits, { min: 8, max: 128 });
  whole("spelledCodec", "eccBytes", eccBytes, { min: 0, max: 254 });
  real("spelledCodec", "messageBits", messageBits);
  if (tagBits > 0 && key === undefined)
    throw new WatermarkError("ERR_KEY", "payload: a tag (tagBits) needs a key");
  const tag = tagBits > 0 ? { key: key!, bits: tagBits } : undefined;
  const options = { checksum, eccBytes, tag };
  const bits = eccBytes === 0 ? messageBits : 8 * (Math.floor(messageBits / 8) - eccBytes);
  const room = Math.max(1, bits - checksum - tagBits);
  const bytes = Math.max(1, Math.floor(room / 8));
  switch (codec) {
    case "bits":
      return spelled(bitsCodec(room, options), messageBits, parseBits, (bits) => bits.join(""));
    case "integer":
      return spelled(integerCodec(Math.min(room, 52), options), messageBits, parseInteger, Number);
    case "hex":
      return spelled(bytesCodec(bytes, options), messageBits, parseHex, showHex);
    case "text":
      return spelled(textCodec(bytes, options), messageBits, String, String);
    case "record":
      return spelled(recordCodec({}, options), messageBits, parseRecord, (value) => ({
        ...value,
        time: new Date(value.time).toISOString(),
      }));
    default:
      throw new WatermarkError("ERR_ARGUMENT", `spelledCodec: unknown codec ${String(codec)}`);
  }
}
