import { real, textOf, WatermarkError } from "../errors";

/**
 * A language model that both sides can run on the text alone, without the prompt. It shares the
 * vocabulary of the text's tokenizer.
 */
export interface ProxyLM {
  /** Names the model; compared with the profile's `proxy.id`. */
  readonly id: string;
  readonly vocabSize: number;
  /**
   * Probabilities of the next token, shape [vocabSize], non-negative, summing to about 1.
   *
   * @param context the last `lm_prefix_len` generated tokens, oldest first
   */
  next(context: readonly number[]): Float32Array | Promise<Float32Array>;
}

/** Softmax in double precision. Minus infinity gives 0; if all logits are minus infinity, the results are NaN. */
export function softmax64(logits: ArrayLike<number>): Float64Array {
  let peak = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > peak) peak = logits[i]!;
  const probabilities = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    probabilities[i] = Math.exp(logits[i]! - peak);
    sum += probabilities[i]!;
  }
  for (let i = 0; i < logits.length; i++) probabilities[i]! /= sum;
  return probabilities;
}

/** Softmax in double precision, rounded to floats. */
export const softmax = (logits: ArrayLike<number>): Float32Array =>
  Float32Array.from(softmax64(logits));

/**
 * A proxy from any function that returns logits, synchronous or asynchronous: for example the generating model
 * itself ("same model").
 *
 * @param logitsOf called with the last generated tokens; returns [vocabSize] logits, left unchanged
 */
export function proxyFromLogits(
  id: string,
  vocabSize: number,
  logitsOf: (context: readonly number[]) => ArrayLike<number> | Promise<ArrayLike<number>>,
): ProxyLM {
  textOf("proxyFromLogits", "id", id);
  return {
    id,
    vocabSize,
    next(context) {
      const logits = logitsOf(context);
      return logits instanceof Promise
        ? logits.then((values) => softmax(values))
        : softmax(logits as ArrayLike<number>);
    },
  };
}

/** A uniform proxy: every token is equally likely. Balance-Marking then splits by count. */
export function uniformProxy(vocabSize: number): ProxyLM {
  real("uniformProxy", "vocabSize", vocabSize);
  const even = new Float32Array(vocabSize).fill(1 / vocabSize);
  return { id: "uniform", vocabSize, next: () => even };
}

/** Probabilities as integers, so that both sides compare sums without rounding. */
export interface QuantisedDistribution {
  /** Probability of each token in units of 2^-20, rounded; shape [vocabSize]. */
  readonly mass: Int32Array;
  readonly total: number;
}

const unit = 2 ** 20;

/**
 * Rounds probabilities to multiples of 2^-20, so that rounding differences between processors do not move tokens
 * across the half.
 *
 * @throws {WatermarkError} `ERR_PROXY` for a wrong width, negative or non-finite values, or a sum of zero
 */
export function quantise(probabilities: Float32Array, vocabSize: number): QuantisedDistribution {
  if (probabilities.length !== vocabSize)
    throw new WatermarkError(
      "ERR_PROXY",
      `proxy: gave ${probabilities.length} probabilities for a vocabulary of ${vocabSize}`,
      { fields: { needed: vocabSize, got: probabilities.length } },
    );
  const mass = new Int32Array(vocabSize);
  let total = 0;
  for (let i = 0; i < vocabSize; i++) {
    const p = probabilities[i]!;
    if (!(p >= 0 && p <= 1.001))
      throw new WatermarkError("ERR_PROXY", `proxy: probability ${p} of token ${i}`, {
        fields: { token: i },
      });
    const rounded = (p * unit + 0.5) | 0;
    mass[i] = rounded;
    total += rounded;
  }
  if (total === 0) throw new WatermarkError("ERR_PROXY", "proxy: all probabilities are zero");
  return { mass, total };
}

/** Entropy in nats. */
export function entropyOf({ mass, total }: QuantisedDistribution): number {
  let sum = 0;
  for (let i = 0; i < mass.length; i++) if (mass[i]! > 0) sum += mass[i]! * Math.log(mass[i]!);
  return Math.log(total) - sum / total;
}
