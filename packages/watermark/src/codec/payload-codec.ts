import { optionsOf, real, refuseUnknown, WatermarkError, whole } from "../errors";
import { bitsToInteger, integerToBits } from "./bit-strings";
import { crcOfBits } from "./crc";
import { type PayloadTag, payloadTag } from "./payload-tag";
import { rsDecode, rsEncode } from "./reed-solomon";

/** A value read from a payload. */
export interface DecodedPayload<T> {
  value: T;
  /** Number of 8-bit code symbols that were corrected or filled in. */
  correctedSymbols: number[];
}

/** Converts values to payload bits of a fixed length and back. */
export interface PayloadCodec<T> {
  /** Payload length: the `message_bits` of the profile. */
  readonly bits: number;
  /** @throws {WatermarkError} `ERR_PAYLOAD` when the value does not fit */
  encode(value: T): Uint8Array;
  /**
   * @param bits shape [this.bits]
   * @param erasedBits 1 where nothing was read, as `decode` reports
   * @throws {WatermarkError} `ERR_DECODE` when the checksum or the tag does not match or the code cannot correct the errors
   */
  decode(bits: ArrayLike<number>, erasedBits?: ArrayLike<number>): DecodedPayload<T>;
}

/** How a payload is protected. */
export interface CodecOptions {
  /** Check bits after the value. Default 8, or 0 with a `tag`, which detects the same errors. */
  checksum?: 0 | 8 | 16 | undefined;
  /**
   * A keyed authentication tag after the value and its checksum. Without one, chunks of two users' texts pasted together
   * can decode as a third payload: a checksum is not secret. Default none.
   */
  tag?: PayloadTag | undefined;
  /** Reed-Solomon check bytes after that: two correct one wrong byte, one fills one erased byte. Default 0. */
  eccBytes?: number | undefined;
}

/** The bit layout of a value. */
interface BitFormat<T> {
  bits: number;
  write(value: T): Uint8Array;
  read(bits: Uint8Array): T;
}

/** The value with its checksum and tag, before error correction. */
function checkedFormat<T>(format: BitFormat<T>, { checksum, tag }: CodecOptions) {
  const checkBits = checksum ?? (tag ? 0 : 8);
  const tagger = tag && payloadTag(tag);
  const checked = format.bits + checkBits;
  return {
    bits: checked + (tagger?.bits ?? 0),
    write(value: T): Uint8Array {
      const written = format.write(value);
      const joined = new Uint8Array(checked + (tagger?.bits ?? 0));
      joined.set(written);
      if (checkBits === 8 || checkBits === 16)
        joined.set(integerToBits(crcOfBits(written, checkBits), checkBits), format.bits);
      if (tagger) joined.set(tagger.make(written), checked);
      return joined;
    },
    read(data: Uint8Array): T {
      const value = data.slice(0, format.bits);
      const check = bitsToInteger(data, format.bits, checked);
      if ((checkBits === 8 || checkBits === 16) && check !== crcOfBits(value, checkBits))
        throw new WatermarkError(
          "ERR_DECODE",
          `codec: the ${checkBits}-bit checksum does not match`,
        );
      if (tagger && !tagger.isRight(value, data.slice(checked, checked + tagger.bits)))
        throw new WatermarkError("ERR_DECODE", `codec: the ${tagger.bits}-bit tag does not match`, {
          fields: {
            tagBits: tagger.bits,
          },
        });
      return format.read(value);
    },
  };
}

const symbolsOf = (source: ArrayLike<number>, count: number) =>
  Array.from({ length: count }, (_, i) => bitsToInteger(source, 8 * i, 8 * i + 8));

/** Reed-Solomon over bytes: `dataBytes` of data, `eccBytes` of checks. */
function byteCorrection(dataBytes: number, eccBytes: number) {
  const count = dataBytes + eccBytes;
  if (count > 255)
    throw new WatermarkError(
      "ERR_PAYLOAD",
      `codec: ${dataBytes} bytes and ${eccBytes} check bytes are more than 255`,
      { fields: { max: 255, got: count } },
    );
  const toBits = (symbols: readonly number[]) => {
    const bits = new Uint8Array(8 * symbols.length);
    symbols.forEach((symbol, i) => {
      bits.set(integerToBits(symbol, 8), 8 * i);
    });
    return bits;
  };
  return {
    add: (data: Uint8Array) => toBits(rsEncode(symbolsOf(data, dataBytes), eccBytes, 8)),
    correct(received: ArrayLike<number>, erased?: ArrayLike<number>) {
      const marked = symbolsOf(erased ?? new Uint8Array(8 * count), count);
      const erasures = marked.flatMap((any, i) => (any ? [i] : []));
      const word = rsDecode(symbolsOf(received, count), eccBytes, 8, erasures);
      if (word)
        return { data: toBits(word.symbols.slice(0, dataBytes)), corrected: word.corrected };
      throw new WatermarkError(
        "ERR_DECODE",
        `codec: more than ${eccBytes} check bytes can correct`,
        { fields: { eccBytes, erasures: erasures.length } },
      );
    },
  };
}

function protect<T>(where: string, format: BitFormat<T>, options: CodecOptions): PayloadCodec<T> {
  const { eccBytes = 0, checksum, tag, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  real(where, "bits", format.bits, { min: 0 });
  const checked = checkedFormat(format, { checksum, tag });
  const dataBytes = Math.ceil(checked.bits / 8);
  const correction = eccBytes ? byteCorrection(dataBytes, eccBytes) : undefined;
  const bits = correction ? 8 * (dataBytes + eccBytes) : checked.bits;
  return {
    bits,
    encode(value) {
      const data = checked.write(value);
      if (!correction) return data;
      const padded = new Uint8Array(8 * dataBytes);
      padded.set(data);
      return correction.add(padded);
    },
    decode(received, erasedBits) {
      if (received.length !== bits)
        throw new WatermarkError(
          "ERR_DECODE",
          `codec: expected ${bits} bits, got ${received.length}`,
          { fields: { needed: bits, got: received.length } },
        );
      const { data, corrected } = correction?.correct(received, erasedBits) ?? {
        data: Uint8Array.from(received),
        corrected: [],
      };
      return { value: checked.read(data), correctedSymbols: corrected };
    },
  };
}

const bytesToBits = (bytes: Uint8Array) =>
  Uint8Array.from({ length: 8 * bytes.length }, (_, i) => (bytes[i >> 3]! >> (7 - (i & 7))) & 1);
const bitsToBytes = (bits: Uint8Array) =>
  Uint8Array.from({ length: bits.length >> 3 }, (_, i) => bitsToInteger(bits, 8 * i, 8 * i + 8));

const misfit = (wanted: string, got: unknown): never => {
  throw new WatermarkError("ERR_PAYLOAD", `codec: wanted ${wanted}, got ${got}`, {
    fields: { got },
  });
};

/** Raw bits, `count` of them. */
export const bitsCodec = (count: number, options: CodecOptions = {}): PayloadCodec<Uint8Array> => {
  return protect(
    "bitsCodec",
    {
      bits: count,
      write: (value) =>
        value.length === count ? Uint8Array.from(value) : misfit(`${count} bits`, value.length),
      read: (bits) => bits,
    },
    options,
  );
};

/** Integers of `bits` bits, at most 52. */
export const integerCodec = (bits: number, options: CodecOptions = {}): PayloadCodec<number> => {
  return protect(
    "integerCodec",
    {
      bits,
      write: (value) =>
        Number.isInteger(value) && value >= 0 && value < 2 ** bits
          ? integerToBits(value, bits)
          : misfit(`an integer below 2^${bits}`, value),
      read: (read) => bitsToInteger(read),
    },
    options,
  );
};

/** Bytes, exactly `count` of them. */
export const bytesCodec = (count: number, options: CodecOptions = {}): PayloadCodec<Uint8Array> => {
  const codec: PayloadCodec<Uint8Array> = protect(
    "bytesCodec",
    {
      bits: 8 * count,
      write: (value) =>
        value.length === count ? bytesToBits(value) : misfit(`${count} bytes`, value.length),
      read: bitsToBytes,
    },
    options,
  );
  whole("bytesCodec", "count", count);
  return codec;
};

/** Short text of at most `maxBytes` bytes in UTF-8, padded with zero bytes. */
export const textCodec = (maxBytes: number, options: CodecOptions = {}): PayloadCodec<string> => {
  const codec: PayloadCodec<string> = protect(
    "textCodec",
    {
      bits: 8 * maxBytes,
      write(value) {
        const bytes = new TextEncoder().encode(value);
        if (bytes.length > maxBytes || value.includes("\0"))
          misfit(`at most ${maxBytes} bytes of text without NUL`, bytes.length);
        const padded = new Uint8Array(maxBytes);
        padded.set(bytes);
        return bytesToBits(padded);
      },
      read(bits) {
        const bytes = bitsToBytes(bits);
        const end = bytes.indexOf(0);
        return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
      },
    },
    options,
  );
  whole("textCodec", "maxBytes", maxBytes);
  return codec;
};

/** Provenance of a text. Use an opaque `userId`, not personal data. */
export interface ProvenanceRecord {
  modelVersion: number;
  /** Milliseconds since 1970; stored in integer multiples of `timeUnitMs`. */
  time: number;
  userId: number;
}

/** Widths of a record's fields. */
export interface RecordLayout {
  /** Default 6. */
  modelVersionBits?: number | undefined;
  /** Default 16. */
  timeBits?: number | undefined;
  /** Default 20. */
  userIdBits?: number | undefined;
  /** Default one hour. */
  timeUnitMs?: number | undefined;
  /** Time 0 of the records, in milliseconds since 1970. Default 2024-01-01. */
  epochMs?: number | undefined;
}

/** `{ modelVersion, time, userId }` records, in that order. */
export function recordCodec(
  layout: RecordLayout = {},
  options: CodecOptions = {},
): PayloadCodec<ProvenanceRecord> {
  const {
    modelVersionBits = 6,
    timeBits = 16,
    userIdBits = 20,
    timeUnitMs = 3_600_000,
    epochMs = 1_704_067_200_000,
    ...rest
  } = optionsOf("recordCodec", layout);
  refuseUnknown("recordCodec", rest);
  const field = (name: string, value: number, bits: number) =>
    Number.isInteger(value) && value >= 0 && value < 2 ** bits
      ? integerToBits(value, bits)
      : misfit(`${name} to be an integer of ${bits} bits`, value);
  const split = modelVersionBits + timeBits;
  return protect(
    "recordCodec",
    {
      bits: split + userIdBits,
      write: ({ modelVersion, time, userId }) =>
        Uint8Array.from([
          ...field("modelVersion", modelVersion, modelVersionBits),
          ...field("time", Math.floor((time - epochMs) / timeUnitMs), timeBits),
          ...field("userId", userId, userIdBits),
        ]),
      read: (bits) => ({
        modelVersion: bitsToInteger(bits, 0, modelVersionBits),
        time: bitsToInteger(bits, modelVersionBits, split) * timeUnitMs + epochMs,
        userId: bitsToInteger(bits, split, bits.length),
      }),
    },
    options,
  );
}
