/**
 * @file One pass over all parameters of an optimiser. Slot 0 holds a table with a line of five words for each parameter:
 * its first place in the optimiser's flat state, address of parameter and of gradient, two floats; a last line
 * holds the number of all elements. Slot 1 holds the number of parameters. Items are elements, counted through all
 * parameters.
 */
import { load4, store4 } from "./lanes";
import { madd, nmadd } from "./math";
import { addressAt, intAt, place, splatAt } from "./slots";

const LINE: usize = 20;

const enum Field {
  parameter = 4, gradient = 8, first = 12, second = 16,
}

/** The table's line that owns element `item`: the last one that starts at or before it. */
function lineOf(table: usize, lines: i32, item: i32): usize {
  let low = 0, high = lines - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (load<i32>(table + <usize>middle * LINE) <= item) low = middle;
    else high = middle - 1;
  }
  return table + <usize>low * LINE;
}

/** A factor for all gradients, 1 where its address is 0. */
@inline function gradientScale(address: usize): v128 {
  return address != 0 ? v128.load32_splat(address) : f32x4.splat(1);
}

/**
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← decay·p − rate·m/(√(v/c₂) + eps).
 * Slots: table, parameters, m, v, gradient scale, β₁, 1 − β₁, β₂, 1 − β₂, 1/c₂, eps; in the table: decay, rate.
 */
export function adamw(args: usize, begin: i32, end: i32): void {
  const scale = gradientScale(addressAt(args, 4));
  let line = lineOf(addressAt(args, 0), intAt(args, 1), begin);
  for (let item = begin; item < end; line += LINE) {
    const count = min(end, load<i32>(line + LINE)) - item, at = item - load<i32>(line);
    if (count > 0) {
      const decay = v128.load32_splat(line, Field.first), rate = v128.load32_splat(line, Field.second);
      const m = place(addressAt(args, 2), item), v = place(addressAt(args, 3), item);
      const p = place(load<usize>(line, Field.parameter), at), g = place(load<usize>(line, Field.gradient), at);
      adamLine(args, p, g, m, v, count, scale, decay, rate);
      item += count;
    }
  }
}

@inline function adamLine(
  args: usize, p: usize, g: usize, m: usize, v: usize, left: i32, scale: v128, decay: v128, rate: v128,
): void {
  const eps = splatAt(args, 10);
  for (; left >= 4; left -= 4, p += 16, g += 16, m += 16, v += 16) adam4(args, p, g, m, v, 4, scale, decay, rate, eps);
  if (left > 0) adam4(args, p, g, m, v, left, scale, decay, rate, eps);
}

/** The coefficients come from memory each time: they would not all fit into registers. */
@inline function adam4(
  args: usize, p: usize, g: usize, m: usize, v: usize, count: i32, scale: v128, decay: v128, rate: v128, eps: v128,
): void {
  const gradient = f32x4.mul(load4(g, count), scale);
  const mean = madd(load4(m, count), splatAt(args, 5), f32x4.mul(gradient, splatAt(args, 6)));
  const square = f32x4.mul(f32x4.mul(gradient, gradient), splatAt(args, 8));
  const deviation = madd(load4(v, count), splatAt(args, 7), square);
  const size = f32x4.add(f32x4.sqrt(f32x4.mul(deviation, splatAt(args, 9))), eps);
  const step = f32x4.div(f32x4.mul(mean, rate), size);
  store4(m, mean, count);
  store4(v, deviation, count);
  store4(p, f32x4.sub(f32x4.mul(load4(p, count), decay), step), count);
}

/**
 * g ← scale·g + decay·p; buffer ← momentum·buffer + gain·g; p ← p − rate·(nesterov ? g + momentum·buffer : buffer),
 * and without a buffer p ← p − rate·g.
 * Slots: table, parameters, buffer or 0, gradient scale, momentum, gain, nesterov, first step; in the table: decay, rate.
 */
export function sgd(args: usize, begin: i32, end: i32): void {
  const scale = gradientScale(addressAt(args, 3)), buffer = addressAt(args, 2);
  let line = lineOf(addressAt(args, 0), intAt(args, 1), begin);
  for (let item = begin; item < end; line += LINE) {
    const count = min(end, load<i32>(line + LINE)) - item, at = item - load<i32>(line);
    if (count > 0) {
      const decay = v128.load32_splat(line, Field.first), rate = v128.load32_splat(line, Field.second);
      const p = place(load<usize>(line, Field.parameter), at), g = place(load<usize>(line, Field.gradient), at);
      sgdLine(args, p, g, buffer ? place(buffer, item) : 0, count, scale, decay, rate);
      item += count;
    }
  }
}

@inline function sgdLine(
  args: usize, p: usize, g: usize, buffer: usize, left: i32, scale: v128, decay: v128, rate: v128,
): void {
  const momentum = splatAt(args, 4), gain = splatAt(args, 5), isNesterov = intAt(args, 6), isFirst = intAt(args, 7);
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
