import { WatermarkError } from "../errors";
import { keyedHash } from "../prf/key";
import { type KeyInput, toKeyRing } from "../prf/key-ring";

/** An authentication tag: without the key, nobody can create a payload that passes. */
export interface PayloadTag {
  /** A key, or a ring: its current key creates tags, and all of its keys are tried when reading. */
  key: KeyInput;
  /**
   * Length t, 8 to 128. One forged or spliced payload passes with probability k/2^t for k keys, and n different ones with
   * about n·k/2^t: with 32 bits, one in about four billion passes. Default 32.
   */
  bits?: number | undefined;
}

const purpose = "deepgrain watermark payload tag";

/** Creates and checks the tags of payload values. @throws {WatermarkError} `ERR_RANGE` for the length, `ERR_KEY` */
export function payloadTag({ key, bits = 32 }: PayloadTag) {
  if (!Number.isInteger(bits) || bits < 8 || bits > 128)
    throw new WatermarkError("ERR_RANGE", `codec: a tag has 8 to 128 bits, got ${bits}`, {
      fields: {
        min: 8,
        max: 128,
        got: bits,
      },
    });
  const { current, keys } = toKeyRing(key);
  const tagOf = (value: Uint8Array, by: typeof current): Uint8Array => {
    const hash = keyedHash(by, `${purpose} of ${bits} bits for ${value.length} bits`, value);
    return Uint8Array.from({ length: bits }, (_, i) => (hash[i >> 3]! >> (7 - (i & 7))) & 1);
  };
  return {
    bits,
    /** @param value zeros and ones @returns shape [bits] */
    make: (value: Uint8Array) => tagOf(value, current),
    isRight: (value: Uint8Array, tag: Uint8Array) =>
      keys.some((by) => tagOf(value, by).every((bit, i) => bit === tag[i])),
  };
}
