import { mixBelow, mixUnit } from "../../prf/expand";
import type { WatermarkKey } from "../../prf/key";
import { keyedPermutation, placeInPermutation } from "../../prf/permutation";
import type { Seed } from "../../prf/siphash";
import { keyedSeeds } from "../shared/seeding";
import type { MpacProfile } from "./profile";

/** Digits and colours by context. `end` is the index after the context. */
export interface MpacColours {
  readonly colours: number;
  readonly digits: number;
  readonly digitBits: number;
  /** Message bits of a digit: log2(radix), possibly fewer in the last. */
  bitsOf(digit: number): number;
  name(ids: ArrayLike<number>, end: number): string;
  /** The digit that this context carries. */
  digitAt(ids: ArrayLike<number>, end: number): number;
  /** The tokens of one colour. Left-hash only: with self-hash each token has its own context. */
  list(ids: ArrayLike<number>, end: number, colour: number): Int32Array;
  /** Colour of a token; `colours` for the few left over when lists are equal in size. */
  colourOf(ids: ArrayLike<number>, end: number, token: number): number;
  /** The colours of all tokens. Left-hash only. */
  table(ids: ArrayLike<number>, end: number): Uint16Array;
}

/**
 * The colours of a profile: the vocabulary in a keyed order, cut into ⌊1/γ⌋ equal lists. Digit
 * position and colours come from separate PRFs over the same context.
 *
 * @see Yoo et al. 2024 (2308.00221), section 4
 */
export function mpacColours(profile: MpacProfile, key: WatermarkKey): MpacColours {
  const { vocab_size: size, message_bits, radix, seeding_scheme, context_width } = profile;
  const colours = Math.floor(1 / profile.greenlist_ratio + 1e-9);
  const digitBits = Math.round(Math.log2(radix));
  const digits = Math.ceil(message_bits / digitBits);
  const listSize = Math.floor(size / colours);
  const positionSeed = keyedSeeds(key, "mpac/position", seeding_scheme, context_width);
  const colourSeed = keyedSeeds(key, "mpac/colour", seeding_scheme, context_width);
  const colourIn = (seed: Seed, token: number) => {
    const place = placeInPermutation(seed, size, listSize * colours, token);
    return place < 0 ? colours : Math.floor(place / listSize);
  };
  const isSelf = seeding_scheme === "selfhash";
  return {
    colours,
    digits,
    digitBits,
    bitsOf: (digit) => Math.min(digitBits, message_bits - digit * digitBits),
    name: (ids, end) => colourSeed(ids, end).join(),
    digitAt: (ids, end) => mixBelow(positionSeed(ids, end), 0, digits),
    list: (ids, end, colour) =>
      keyedPermutation(colourSeed(ids, end), size, listSize * (colour + 1)).subarray(
        listSize * colour,
        listSize * (colour + 1),
      ),
    colourOf: (ids, end, token) =>
      isSelf
        ? Math.floor(mixUnit(colourSeed(ids, end), token) * colours)
        : colourIn(colourSeed(ids, end), token),
    table(ids, end) {
      const order = keyedPermutation(colourSeed(ids, end), size, listSize * colours);
      const table = new Uint16Array(size).fill(colours);
      for (const [i, token] of order.entries()) table[token] = Math.floor(i / listSize);
      return table;
    },
  };
}
