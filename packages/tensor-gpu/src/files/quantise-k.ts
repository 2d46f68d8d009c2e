/**
 * @file Numbers as blocks of GGML's Q4_K, Q5_K and Q6_K: scales by least squares, rounded to those that a block can hold, and levels rounded
 * to them. The layout is that of `k-blocks.ts`; which of the possible roundings is chosen is the writer's own.
 */
import { fromFloat16, toFloat16 } from "./casts";
import { type Fit, fitAboveMinimum, fitAroundZero } from "./fit-levels";
import { K_BLOCK, type KType, Q4K_BLOCK_BYTES, Q5K_BLOCK_BYTES, Q6K_BLOCK_BYTES } from "./k-blocks";

const GROUPS = 8;
const { abs, floor, fround, max, min } = Math;
const code = new Uint16Array(1);
const number = new Float32Array(1);

/** Writes the float16 of a number. @returns the number that a reader gets */
function putFloat16(out: Uint8Array, at: number, value: number): number {
  number[0] = value;
  toFloat16(number, code);
  out[at] = code[0]! & 255;
  out[at + 1] = code[0]! >> 8;
  return fromFloat16(code, number)[0]!;
}

/** The whole number from `least` to `most` that is nearest to a quotient; 0 over 0. */
const ratio = (value: number, unit: number, least: number, most: number): number =>
  unit === 0 ? 0 : max(least, min(most, floor(value / unit + 0.5)));

/** Writes scale and minimum of group `j` in 6 bits each, into 12 bytes that were zero. */
function putGroup(out: Uint8Array, at: number, j: number, scale: number, minimum: number): void {
  if (j < 4) {
    out[at + j]! |= scale;
    out[at + j + 4]! |= minimum;
    return;
  }
  out[at + j + 4]! = (scale & 15) | ((minimum & 15) << 4);
  out[at + j - 4]! |= (scale >> 4) << 6;
  out[at + j]! |= (minimum >> 4) << 6;
}

interface Group {
  from: number;
  top: number;
  unit: number;
  unitOfMinima: number;
}

/** The sum of squared errors of a group whose scale and minimum are these. */
function groupError(
  values: Float32Array,
  { from, top, unit, unitOfMinima }: Group,
  scale: number,
  minimum: number,
): number {
  const step = fround(unit * scale);
  const least = fround(unitOfMinima * minimum);
  const inverse = step === 0 ? 0 : 1 / step;
  let error = 0;
  for (let i = from; i < from + 32; i++) {
    const x = values[i]! + least;
    let level = floor(x * inverse + 0.5);
    if (level < 0) level = 0;
    else if (level > top) level = top;
    const rest = x - step * level;
    error += rest * rest;
  }
  return error;
}

/** The scale and the minimum, each at most 1 from those given, whose error is the smallest. */
function roundedGroup(
  values: Float32Array,
  group: Group,
  scale: number,
  minimum: number,
): readonly [scale: number, minimum: number] {
  let best: readonly [number, number] = [scale, minimum];
  let smallest = Infinity;
  for (let s = max(0, scale - 1); s <= min(63, scale + 1); s++)
    for (let m = max(0, minimum - 1); m <= min(63, minimum + 1); m++) {
      const error = groupError(values, group, s, m);
      if (error >= smallest) continue;
      smallest = error;
      best = [s, m];
    }
  return best;
}

/** Writes one block of groups with scales and minima. @returns whether its scales are float16 numbers */
function putScaledGroups(
  values: Float32Array,
  from: number,
  out: Uint8Array,
  at: number,
  bits: 4 | 5,
): boolean {
  const top = 2 ** bits - 1;
  const scales = new Float64Array(GROUPS);
  const minima = new Float64Array(GROUPS);
  const fit: Fit = { scale: 0, minimum: 0 };
  for (let j = 0; j < GROUPS; j++) {
    fitAboveMinimum(values, { from: from + 32 * j, count: 32, top }, fit);
    scales[j] = fit.scale;
    minima[j] = fit.minimum;
  }
  const unit = putFloat16(out, at, max(...scales) / 63);
  const unitOfMinima = putFloat16(out, at + 2, max(...minima) / 63);
  if (!Number.isFinite(unit + unitOfMinima)) return false;
  const nibbles = at + (bits === 4 ? Q4K_BLOCK_BYTES : Q5K_BLOCK_BYTES) - K_BLOCK / 2;
  const group = { from: 0, top, unit, unitOfMinima };
  for (let j = 0; j < GROUPS; j++) {
    group.from = from + 32 * j;
    const [scale, minimum] = roundedGroup(
      values,
      group,
      ratio(scales[j]!, unit, 0, 63),
      ratio(minima[j]!, unitOfMinima, 0, 63),
    );
    putGroup(out, at + 4, j, scale, minimum);
    const step = fround(unit * scale);
    const least = fround(unitOfMinima * minimum);
    const shift = 4 * (j & 1);
    for (let i = 0; i < 32; i++) {
      const level = ratio(values[from + 32 * j + i]! + least, step, 0, top);
      out[nibbles + 32 * (j >> 1) + i]! |= (level & 15) << shift;
      if (bits === 5) out[at + 16 + i]! |= (level >> 4) << j;
    }
  }
  return true;
}

/** Writes one block of groups with signed scales. @returns whether its scale is a float16 number */
function putSignedGroups(values: Float32Array, from: number, out: Uint8Array, at: number): boolean {
  const scales = new Float64Array(2 * GROUPS);
  let extreme = 0;
  for (let j = 0; j < scales.length; j++) {
    scales[j] = fitAroundZero(values, from + 16 * j, 16);
    if (abs(scales[j]!) > abs(extreme)) extreme = scales[j]!;
  }
  const unit = putFloat16(out, at + 208, extreme === 0 ? 0 : extreme / -128);
  if (!Number.isFinite(unit)) return false;
  for (let j = 0; j < scales.length; j++) {
    const scale = ratio(scales[j]!, unit, -128, 127);
    out[at + 192 + j] = scale;
    const step = fround(unit * scale);
    for (let i = 16 * j; i < 16 * j + 16; i++) {
      const level = ratio(values[from + i]!, step, -32, 31) + 32;
      // Each half of a block holds four rows of 32: two in low nibbles, two in high ones.
      const half = i >> 7;
      const row = (i >> 5) & 3;
      const column = i & 31;
      out[at + 64 * half + 32 * (row & 1) + column]! |= (level & 15) << (4 * (row >> 1));
      out[at + 128 + 32 * half + column]! |= (level >> 4) << (2 * row);
    }
  }
  return true;
}

const blockBytes: Readonly<Record<KType, number>> = {
  Q4_K: Q4K_BLOCK_BYTES,
  Q5_K: Q5K_BLOCK_BYTES,
  Q6_K: Q6K_BLOCK_BYTES,
};

/**
 * Blocks of numbers.
 * @param values whole blocks of 256 finite numbers
 * @returns undefined where a block's scale is no float16
 */
export function quantiseK(type: KType, values: Float32Array): Uint8Array | undefined {
  const bytes = blockBytes[type];
  const out = new Uint8Array((values.length / K_BLOCK) * bytes);
  for (let b = 0; b < values.length / K_BLOCK; b++) {
    const from = b * K_BLOCK;
    const isHeld =
      type === "Q6_K"
        ? putSignedGroups(values, from, out, b * bytes)
        : putScaledGroups(values, from, out, b * bytes, type === "Q4_K" ? 4 : 5);
    if (!isHeld) return undefined;
  }
  return out;
}
