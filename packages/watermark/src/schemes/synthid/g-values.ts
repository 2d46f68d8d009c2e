import { sha256 } from "@noble/hashes/sha2.js";
import { mix } from "../../prf/expand";
import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { absorb, floorModulo, fromBigInt, type Hash64, shiftRight } from "../../prf/lcg64";
import { mersenneTwister, torchRandint } from "../../prf/mersenne-twister";
import { sipHash } from "../../prf/siphash";
import type { SynthIdProfile } from "./profile";

/** Gives the g-values of tokens after a context. */
export interface GValues {
  /** 32-bit words per token: layer ℓ is bit ℓ mod 32 of word ⌊ℓ/32⌋. */
  readonly words: number;
  /**
   * @param context exactly H = ngram_len − 1 tokens
   * @param tokens candidates
   * @returns bits, shape [tokens, words]
   */
  of(context: ArrayLike<number>, tokens: ArrayLike<number>): Int32Array;
}

/** Bit ℓ of candidate i. */
export const gBit = (bits: Int32Array, words: number, i: number, layer: number): number =>
  (bits[i * words + (layer >>> 5)]! >>> (layer & 31)) & 1;

function keyedGValues(profile: SynthIdProfile, key: WatermarkKey): GValues {
  const words = Math.ceil(profile.depth / 32);
  const subkey = deriveSubkey(key, `synthid/${profile.ngram_len}`);
  return {
    words,
    of(context, tokens) {
      const [low, high] = sipHash(subkey, context);
      const bits = new Int32Array(tokens.length * words);
      for (let i = 0; i < tokens.length; i++)
        for (let w = 0; w < words; w++)
          bits[i * words + w] = mix(low, high, tokens[i]! + (w << 24));
      return bits;
    },
  };
}

/** The initial hash value in the reference code: SHA-256 of the keys as int64, modulo 2^63 − 1. */
function referenceStart(keys: readonly number[]): bigint {
  const bytes = new DataView(new ArrayBuffer(8 * keys.length));
  keys.forEach((key, i) => {
    bytes.setBigInt64(8 * i, BigInt(key), true);
  });
  const digest = sha256(new Uint8Array(bytes.buffer));
  const whole = digest.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return whole % (2n ** 63n - 1n);
}

const referenceRounds = 12;

function referenceBit(state: Hash64): number {
  for (let round = 0; round < referenceRounds; round++) {
    absorb(state, 1);
    shiftRight(state, Math.floor(64 / referenceRounds));
  }
  return (state.low >>> 30) & 1;
}

function compatGValues(profile: SynthIdProfile): GValues {
  const keys = profile.keys!;
  const words = Math.ceil(keys.length / 32);
  const isReference = profile.compat === "reference";
  const start = fromBigInt(isReference ? referenceStart(keys) : 1n);
  const size = profile.sampling_table_size ?? 65536;
  const table = isReference
    ? undefined
    : torchRandint(mersenneTwister(profile.sampling_table_seed ?? 0), 2, size);
  return {
    words,
    of(context, tokens) {
      const base = { ...start };
      for (let i = 0; i < context.length; i++) absorb(base, context[i]!);
      const bits = new Int32Array(tokens.length * words);
      const token: Hash64 = { low: 0, high: 0 };
      const layer: Hash64 = { low: 0, high: 0 };
      for (let i = 0; i < tokens.length; i++) {
        token.low = base.low;
        token.high = base.high;
        absorb(token, tokens[i]!);
        for (let l = 0; l < keys.length; l++) {
          layer.low = token.low;
          layer.high = token.high;
          absorb(layer, keys[l]!);
          const g = table ? table[floorModulo(layer, size)]! : referenceBit(layer);
          bits[i * words + (l >>> 5)]! |= g << (l & 31);
        }
      }
      return bits;
    },
  };
}

/**
 * The g-value function of a profile.
 *
 * - keyed: bits of a PRF over (context, token)
 * - `huggingface`: h starts at 1; g = table[h mod size] with torch's `randint(0, 2)` table
 * - `reference`: h starts at a hash of the keys; twelve rounds h ← ((h + 1)·a + 1) >> 5; g = bit 30
 *
 * In both compatibility modes h absorbs the context, then the token, then the layer's key. The
 * Hugging Face form depends on h mod `sampling_table_size` only, so with a table of 65,536 tokens v
 * and v + 65,536 always agree.
 *
 * @see Dathathri et al. 2024; google-deepmind/synthid-text; transformers 4.57
 */
export const gValues = (profile: SynthIdProfile, key: WatermarkKey | undefined): GValues =>
  profile.compat ? compatGValues(profile) : keyedGValues(profile, key!);
