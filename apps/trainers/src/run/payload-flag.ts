import {
  bitsCodec,
  bytesCodec,
  integerCodec,
  type KeyInput,
  type PayloadCodec,
  recordCodec,
  textCodec,
  WatermarkError,
} from "@deepgrain/watermark";
import { z } from "zod";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { checkForm } from "../formats/read-json";

/** How a payload is written on the command line and laid out in the text. */
const codecNames = ["bits", "integer", "hex", "text", "record"] as const;

const checksums = ["0", "8", "16"] as const;

export const codecFlags = {
  codec: flags.choice(codecNames, { default: "bits", help: "How the payload is written" }),
  checksum: flags.choice(checksums, {
    help: "Check bits behind the payload; by default 0 for bits and with --tag-bits, else 8",
  }),
  tagBits: flags.whole({
    min: 8,
    max: 128,
    help: "Length of a keyed tag behind that: pieces of two users' texts do not pass as a third payload; none by default",
  }),
  eccBytes: flags.whole({
    max: 254,
    default: 0,
    help: "Reed-Solomon check bytes behind that",
  }),
};

type AllCodecFlags = Values<typeof codecFlags>;

export type CodecFlags = Pick<AllCodecFlags, "codec"> & Partial<AllCodecFlags>;

/** A codec between the command line's spelling of a payload and the bits of a profile. */
export interface PayloadFlagCodec {
  /** @throws {UsageError | WatermarkError} when the payload has not the codec's form or does not fit */
  encode(payload: string): Uint8Array;
  /** @throws {WatermarkError} `ERR_DECODE` when the checksum or the tag does not match */
  decode(bits: Uint8Array, erasedBits: Uint8Array): unknown;
}

const record = z.strictObject({
  modelVersion: z.int().min(0),
  time: z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]),
  userId: z.int().min(0),
});

const badPayload = (wanted: string) => new UsageError(`--payload must be ${wanted}`);

function spelled<T>(
  codec: PayloadCodec<T>,
  messageBits: number,
  parse: (payload: string) => T,
  show: (value: T) => unknown,
): PayloadFlagCodec {
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

const parseHex = (payload: string): Uint8Array => {
  if (!/^([0-9a-f]{2})+$/i.test(payload)) throw badPayload("pairs of hexadecimal digits");
  return Uint8Array.from(Buffer.from(payload, "hex"));
};

function parseRecord(payload: string): z.infer<typeof record> {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    throw badPayload(
      'JSON such as {"modelVersion": 3, "time": "2025-01-01T00:00:00Z", "userId": 7}',
    );
  }
  return checkForm(value, record, "--payload");
}

/** How the payload is protected, and how many bits that takes. */
function protection(given: CodecFlags, key: KeyInput | undefined) {
  const { codec, tagBits = 0, eccBytes = 0 } = given;
  if (tagBits > 0 && key === undefined) throw new UsageError("--tag-bits needs --key-file");
  const isBare = codec === "bits" || tagBits > 0;
  const checksum = Number(given.checksum ?? (isBare ? 0 : 8)) as 0 | 8 | 16;
  const tag = tagBits > 0 ? { key: key!, bits: tagBits } : undefined;
  return { options: { checksum, eccBytes, tag } as const, checkBits: checksum + tagBits };
}

/**
 * The codec that the flags ask for. Bits of the profile that it does not use are zero.
 * @param key makes and checks the tag that `--tag-bits` asks for
 * @throws {WatermarkError} `ERR_PAYLOAD` when the profile's payload is too short for it, with the bits needed
 */
export function payloadCodec(
  given: CodecFlags,
  messageBits: number,
  key?: KeyInput,
): PayloadFlagCodec {
  const { options, checkBits } = protection(given, key);
  const { eccBytes } = options;
  const whole = eccBytes === 0 ? messageBits : 8 * (Math.floor(messageBits / 8) - eccBytes);
  const room = Math.max(1, whole - checkBits);
  const bytes = Math.max(1, Math.floor(room / 8));
  switch (given.codec) {
    case "bits": {
      const parse = (payload: string) => {
        if (!/^[01]+$/.test(payload)) throw badPayload("zeros and ones");
        return Uint8Array.from(payload, Number);
      };
      return spelled(bitsCodec(room, options), messageBits, parse, (bits) => bits.join(""));
    }
    case "integer": {
      const parse = (payload: string) => {
        if (!/^\d+$/.test(payload)) throw badPayload("a whole number");
        return Number(payload);
      };
      return spelled(integerCodec(Math.min(room, 52), options), messageBits, parse, Number);
    }
    case "hex":
      return spelled(bytesCodec(bytes, options), messageBits, parseHex, (value) =>
        Buffer.from(value).toString("hex"),
      );
    case "text":
      return spelled(textCodec(bytes, options), messageBits, String, String);
    case "record":
      return spelled(recordCodec({}, options), messageBits, parseRecord, (value) => ({
        ...value,
        time: new Date(value.time).toISOString(),
      }));
  }
}
