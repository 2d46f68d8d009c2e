/** @file Elementwise kernels of more than one operation. */
import { gate4, gated4, gatedSlope4, silu4 } from "./curves";
import { load4, loadPart, store4, storePart } from "./lanes";
import { madd } from "./math";
import { addressAt, intAt, place, splatAt } from "./slots";

/** out += scale·x. Slots: out, x, scale. Items are elements. */
export function addScaled(args: usize, begin: i32, end: i32): void {
  const scale = splatAt(args, 2);
  let out = place(addressAt(args, 0), begin), x = place(addressAt(args, 1), begin), left = end - begin;
  for (; left >= 4; left -= 4, out += 16, x += 16) {
    v128.store(out, madd(v128.load(x), scale, v128.load(out)));
  }
  if (left > 0) storePart(out, madd(loadPart(x, left), scale, loadPart(out, left)), left);
}

/** out = silu(gate)·up. Slots: out, gate, up, n, byte strides of the rows of gate and up. Items are rows. */
export function swiglu(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 3);
  let out = place(addressAt(args, 0), begin * n);
  for (let row = begin; row < end; row++) {
    let gate = addressAt(args, 1) + <usize>(row * intAt(args, 4));
    let up = addressAt(args, 2) + <usize>(row * intAt(args, 5));
    let left = n;
    for (; left >= 4; left -= 4, out += 16, gate += 16, up += 16) {
      v128.store(out, f32x4.mul(silu4(v128.load(gate)), v128.load(up)));
    }
    if (left > 0) storePart(out, f32x4.mul(silu4(loadPart(gate, left)), loadPart(up, left)), left);
    out += <usize>left << 2;
  }
}

/**
 * Slots: dgate, dup, dy, gate, up, n, byte strides of the rows of dgate, dup, gate and up. Items are rows. The
 * gradients may lie over gate and up.
 */
export function swigluGrad(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 5);
  let dy = place(addressAt(args, 2), begin * n);
  for (let row = begin; row < end; row++) {
    let dgate = addressAt(args, 0) + <usize>(row * intAt(args, 6));
    let dup = addressAt(args, 1) + <usize>(row * intAt(args, 7));
    let gate = addressAt(args, 3) + <usize>(row * intAt(args, 8));
    let up = addressAt(args, 4) + <usize>(row * intAt(args, 9));
    for (let left = n; left > 0; left -= 4, dgate += 16, dup += 16, gate += 16, up += 16) {
      const g = load4(gate, left), u = load4(up, left), upstream = load4(dy, left), s = gate4(g);
      dy += <usize>min(left, 4) << 2;
      store4(dgate, f32x4.mul(f32x4.mul(upstream, u), gatedSlope4(g, s)), left);
      store4(dup, f32x4.mul(upstream, gated4(g, s)), left);
    }
  }
}
