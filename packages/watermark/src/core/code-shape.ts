import { chunkLayout } from "../schemes/ctwl/layout";
import { hitRate } from "./hit-rate";
import type { Profile } from "./profile";

/** The properties of a scheme's code that determine its capacity. */
export interface CodeShape {
  /** Parts of the payload that are read independently: digits, symbols or chunks. */
  parts: number;
  /** Probability that a token of a marked text is favoured by the true value of its part. */
  rate: number;
  /** Wrong values of a part. */
  rivals: number;
  /**
   * Whether a token favours one value only (colours). Otherwise wrong values are favoured at random, with probability
   * `mass`.
   */
  isExclusive: boolean;
  /** Share of unmarked text on the favoured side. */
  mass: number;
  /** Whether the hash assigns tokens to the parts; otherwise each part has its own stretch of text. */
  isDealt: boolean;
  /** Effective number of contexts that the hash assigns, 1/Σ p² over the contexts of a text. */
  contexts: number;
  /** Number of parts that may be wrong. */
  correctable: number;
  /** Payloads, or chunk values, that the presence test tries. */
  messages: number;
}

/** For contexts of one token: about the value for English words. Longer contexts hardly ever repeat. */
const [wordContexts, manyContexts] = [128, 1e5];

const presenceOnly = (mass: number, rate: number): CodeShape => ({
  parts: 1,
  rate,
  rivals: 0,
  isExclusive: false,
  mass,
  isDealt: true,
  contexts: manyContexts,
  correctable: 0,
  messages: 1,
});

/**
 * The code of a profile with `bits` payload bits (default its own).
 *
 * @param spike mean spike entropy, which lowers the hit rate
 */
export function codeShape(profile: Profile, spike: number | undefined, bits?: number): CodeShape {
  const lifted = (mass: number, bias: number) =>
    spike === undefined ? hitRate(mass, bias) : Math.max(mass, hitRate(mass, bias) * spike);
  switch (profile.scheme) {
    case "kgw":
    case "unigram": {
      const { greenlist_ratio: mass, bias } = profile;
      return presenceOnly(mass, lifted(mass, bias));
    }
    // Schemes without a bias: EXP's score gain per nat, and SynthID's first layers, as hit rates.
    case "exp":
    case "exp-edit":
      return presenceOnly(0.5, 0.5 + (Math.PI ** 2 / 6 - 1) / 2);
    case "synthid":
      return presenceOnly(0.5, 0.75);
    case "mpac": {
      const { radix, bias, message_bits, context_width } = profile;
      const rate = lifted(1 / radix, bias);
      const parts = Math.ceil((bits ?? message_bits) / Math.log2(radix));
      return {
        ...presenceOnly(1 / radix, rate),
        parts,
        contexts: context_width > 1 ? manyContexts : wordContexts,
        rivals: radix - 1,
        isExclusive: true,
        messages: radix ** parts,
      };
    }
    case "rs-segment": {
      const { symbol_bits, data_symbols, code_symbols, greenlist_ratio: mass, bias } = profile;
      const data = bits === undefined ? data_symbols : Math.ceil(bits / symbol_bits);
      const parity = code_symbols - data_symbols;
      return {
        ...presenceOnly(mass, lifted(mass, bias)),
        parts: data + parity,
        contexts: wordContexts,
        rivals: 2 ** symbol_bits - 1,
        correctable: Math.floor(parity / 2),
        messages: 2 * 2 ** (data * symbol_bits),
      };
    }
    case "ctwl-vanilla":
    case "ctwl-balance": {
      const { chunks, bitsOf } = chunkLayout({
        ...profile,
        message_bits: bits ?? profile.message_bits,
      });
      const values = 2 ** bitsOf(0);
      return {
        ...presenceOnly(0.5, lifted(0.5, profile.bias)),
        parts: chunks,
        rivals: values - 1,
        isDealt: false,
        messages: values,
      };
    }
  }
}
