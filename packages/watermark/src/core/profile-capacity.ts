import { chunkLayout } from "../schemes/ctwl/layout";
import {
  type Capacity,
  type CapacityOptions,
  decodableBits,
  hitRate,
  requireCapacity,
  tokensForBits,
} from "./capacity";
import { checkRange } from "./check";
import type { Profile } from "./profile";

/** Bits of evidence that a presence-only scheme needs for p = 10^-3 half of the time. */
const presenceBits = Math.log2(1000);

/** Share of text on the favoured side without a mark, and independently read parts of the payload. */
function structure(profile: Profile): { mass: number; parts: number; bitsPerPart: number } {
  switch (profile.scheme) {
    case "kgw":
    case "unigram":
      return { mass: profile.greenlist_ratio, parts: 1, bitsPerPart: 0 };
    case "exp":
    case "synthid":
      return { mass: 0.5, parts: 1, bitsPerPart: 0 };
    case "mpac": {
      const digitBits = Math.log2(profile.radix);
      const parts = Math.ceil(profile.message_bits / digitBits);
      // All digits must be right at once: each has the whole message's error to share.
      return { mass: 1 / profile.radix, parts, bitsPerPart: digitBits + Math.log2(parts) };
    }
    case "rs-segment":
      return {
        mass: profile.greenlist_ratio,
        parts: profile.code_symbols,
        bitsPerPart: profile.symbol_bits,
      };
    case "ctwl-vanilla":
    case "ctwl-balance": {
      const layout = chunkLayout(profile);
      return { mass: 0.5, parts: layout.chunks, bitsPerPart: layout.bitsOf(0) };
    }
  }
}

/** The schemes without a bias: EXP's score gain a nat, SynthID's first layers, as hit rates. */
function expectedRate(profile: Profile, mass: number, spike: number | undefined): number {
  if (profile.scheme === "exp") return mass + (Math.PI ** 2 / 6 - 1) / 2;
  if (profile.scheme === "synthid") return mass + 0.25;
  const rate = hitRate(mass, profile.bias);
  return spike === undefined ? rate : Math.max(mass, rate * spike);
}

/**
 * The capacity of a text of this many tokens under a profile, from the hit rate that a bias gives on
 * evenly split probability. For EXP and SynthID-Text it is a rough guide for about one nat of entropy
 * a token.
 *
 * @throws {WatermarkError} `ERR_RANGE` for options out of range
 * @see Kirchenbauer et al. 2023, theorem 4.2 (spike entropy)
 */
export function profileCapacity(profile: Profile, options: CapacityOptions): Capacity {
  const tokens = checkRange("capacity: tokens", options.tokens, 0, 2 ** 31);
  const usable = checkRange("capacity: usable", options.usable ?? 1, 1e-6, 1);
  const { mass, parts, bitsPerPart } = structure(profile);
  const rate = expectedRate(profile, mass, options.spikeEntropy);
  const perPart = decodableBits((tokens * usable) / parts, rate, mass);
  const needed = tokensForBits(bitsPerPart || presenceBits, rate, mass) * parts;
  return { hitRate: rate, bits: perPart * parts, tokensNeeded: Math.ceil(needed / usable) };
}

/**
 * Refuses a payload that a text of `maxTokens` cannot carry.
 *
 * @throws {WatermarkError} `ERR_CAPACITY` with the tokens that would be needed
 */
export function checkFit(profile: Profile, maxTokens: number): void {
  if (!("message_bits" in profile)) return;
  let needed = profileCapacity(profile, { tokens: maxTokens }).tokensNeeded;
  if (profile.scheme === "ctwl-balance" || profile.scheme === "ctwl-vanilla") {
    const layout = chunkLayout(profile);
    needed = layout.first + Math.max(needed, (layout.chunks - 1) * layout.chunkTokens + 1);
  }
  requireCapacity(profile.message_bits, maxTokens, needed);
}
