import { hitRate } from "./hit-rate";

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
export const wordContexts = 128;

/** Contexts of several tokens. */
export const manyContexts = 1e5;

/** The code of a scheme that only marks. */
export const presenceOnly = (mass: number, rate: number): CodeShape => ({
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

/** The hit rate that a bias gives on a share of the vocabulary, lowered by the mean spike entropy where it is known. */
export const liftedRate = (mass: number, bias: number, spike: number | undefined): number =>
  spike === undefined ? hitRate(mass, bias) : Math.max(mass, hitRate(mass, bias) * spike);
