/** @file One pass over all parameters of an optimiser. Items are elements, counted through all parameters. */
import { Flag, place } from "./arguments";
import { load4, store4 } from "./lanes";
import { madd, nmadd } from "./math";

/** A line of the table; a last one has the number of all elements as its place. */
@unmanaged class ParameterRecord {
  place: i32; // its first place in the optimiser's flat state
  parameter: usize;
  gradient: usize;
  decay: f32;
  rate: f32;
}

const LINE: usize = offsetof<ParameterRecord>();

/** The table's line that owns element `item`: the last one that starts at or before it. */
function lineOf(table: usize, lines: i32, item: i32): ParameterRecord {
  let low = 0, high = lines - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (load<i32>(table + <usize>middle * LINE) <= item) low = middle;
    else high = middle - 1;
  }
  return changetype<ParameterRecord>(table + <usize>low * LINE);
}

@inline function next(line: ParameterRecord): ParameterRecord {
  return changetype<ParameterRecord>(changetype<usize>(line) + LINE);
}

/** A factor for all gradients, 1 where its address is 0. */
@inline function gradientScale(address: usize): v128 {
  return address != 0 ? v128.load32_splat(address) : f32x4.splat(1);
}

@unmanaged class Adamw {
  table: usize; // of ParameterRecords
  parameters: i32;
  m: usize;
  v: usize;
  gradScale: usize;
  beta1: f32;
  oneMinusBeta1: f32;
  beta2: f32;
  oneMinusBeta2: f32;
  inverseCorrection2: f32; // 1 / c₂
  eps: f32;
}

/** m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← decay·p − rate·m/(√(v/c₂) + eps). */
export function adamw(args: Adamw, begin: i32, end: i32): void {
  const scale = gradientScale(args.gradScale);
  let line = lineOf(args.table, args.parameters, begin);
  for (let item = begin; item < end; line = next(line)) {
    const count = min(end, next(line).place) - item, at = item - line.place;
    if (count > 0) {
      const decay = f32x4.splat(line.decay), rate = f32x4.splat(line.rate);
      const m = place(args.m, item), v = place(args.v, item);
      const p = place(line.parameter, at), g = place(line.gradient, at);
      adamLine(args, p, g, m, v, count, scale, decay, rate);
      item += count;
    }
  }
}

@inline function adamLine(
  args: Adamw, p: usize, g: usize, m: usize, v: usize, left: i32, scale: v128, decay: v128, rate: v128,
): void {
  const eps = f32x4.splat(args.eps);
  for (; left >= 4; left -= 4, p += 16, g += 16, m += 16, v += 16) adam4(args, p, g, m, v, 4, scale, decay, rate, eps);
  if (left > 0) adam4(args, p, g, m, v, left, scale, decay, rate, eps);
}

/** The coefficients come from memory each time: they would not all fit into registers. */
@inline function adam4(
  args: Adamw, p: usize, g: usize, m: usize, v: usize, count: i32, scale: v128, decay: v128, rate: v128, eps: v128,
): void {
  const gradient = f32x4.mul(load4(g, count), scale);
  const mean = madd(load4(m, count), v128.load32_splat(changetype<usize>(args), offsetof<Adamw>("beta1")), f32x4.mul(gradient, v128.load32_splat(changetype<usize>(args), offsetof<Adamw>("oneMinusBeta1"))));
  const square = f32x4.mul(f32x4.mul(gradient, gradient), v128.load32_splat(changetype<usize>(args), offsetof<Adamw>("oneMinusBeta2")));
  const deviation = madd(load4(v, count), v128.load32_splat(changetype<usize>(args), offsetof<Adamw>("beta2")), square);
  const size = f32x4.add(f32x4.sqrt(f32x4.mul(deviation, v128.load32_splat(changetype<usize>(args), offsetof<Adamw>("inverseCorrection2")))), eps);
  const step = f32x4.div(f32x4.mul(mean, rate), size);
  store4(m, mean, count);
  store4(v, deviation, count);
  store4(p, f32x4.sub(f32x4.mul(load4(p, count), decay), step), count);
}

@unmanaged class Sgd {
  table: usize; // of ParameterRecords
  parameters: i32;
  buffer: usize; // or 0
  gradScale: usize;
  momentum: f32;
  gain: f32;
  isNesterov: Flag;
  isFirst: Flag;
}

/**
 * g ← scale·g + decay·p; buffer ← momentum·buffer + gain·g; p ← p − rate·(nesterov ? g + momentum·buffer : buffer),
 * and without a buffer p ← p − rate·g.
 */
export function sgd(args: Sgd, begin: i32, end: i32): void {
  const scale = gradientScale(args.gradScale), buffer = args.buffer;
  let line = lineOf(args.table, args.parameters, begin);
  for (let item = begin; item < end; line = next(line)) {
    const count = min(end, next(line).place) - item, at = item - line.place;
    if (count > 0) {
      const decay = f32x4.splat(line.decay), rate = f32x4.splat(line.rate);
      const p = place(line.parameter, at), g = place(line.gradient, at);
      sgdLine(args, p, g, buffer ? place(buffer, item) : 0, count, scale, decay, rate);
      item += count;
    }
  }
}

@inline function sgdLine(
  args: Sgd, p: usize, g: usize, buffer: usize, left: i32, scale: v128, decay: v128, rate: v128,
): void {
  const momentum = f32x4.splat(args.momentum), gain = f32x4.splat(args.gain), isNesterov = args.isNesterov, isFirst = args.isFirst;
  for (; left > 0; left -= 4, p += 16, g += 16) {
    const parameter = load4(p, left);
    let step = madd(parameter, decay, f32x4.mul(load4(g, left), scale));
    if (buffer) {
      const gradient = step;
      if (!isFirst) step = madd(load4(buffer, left), momentum, f32x4.mul(gradient, gain));
      store4(buffer, step, left);
      if (isNesterov) step = madd(step, momentum, gradient);
      buffer += 16;
    }
    store4(p, nmadd(step, rate, parameter), left);
  }
}
