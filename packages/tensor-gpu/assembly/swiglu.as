import { place } from "./arguments";
import { gate4, gated4, gatedSlope4, silu4 } from "./curves";
import { load4, loadPart, store4, storePart } from "./lanes";

/** Strides of rows are in bytes. */
@unmanaged class Swiglu {
  out: usize;
  gate: usize;
  up: usize;
  n: i32;
  gateRow: i32;
  upRow: i32;
}

/** out = silu(gate)·up. Items are rows. */
export function swiglu(args: Swiglu, begin: i32, end: i32): void {
  const n = args.n;
  let out = place(args.out, begin * n);
  for (let row = begin; row < end; row++) {
    let gate = args.gate + <usize>(row * args.gateRow);
    let up = args.up + <usize>(row * args.upRow);
    let left = n;
    for (; left >= 4; left -= 4, out += 16, gate += 16, up += 16) {
      v128.store(out, f32x4.mul(silu4(v128.load(gate)), v128.load(up)));
    }
    if (left > 0) storePart(out, f32x4.mul(silu4(loadPart(gate, left)), loadPart(up, left)), left);
    out += <usize>left << 2;
  }
}

@unmanaged class SwigluGrad {
  dgate: usize;
  dup: usize;
  dy: usize;
  gate: usize;
  up: usize;
  n: i32;
  dgateRow: i32;
  dupRow: i32;
  gateRow: i32;
  upRow: i32;
}

/** Items are rows. The gradients may lie over gate and up. */
export function swigluGrad(args: SwigluGrad, begin: i32, end: i32): void {
  const n = args.n;
  let dy = place(args.dy, begin * n);
  for (let row = begin; row < end; row++) {
    let dgate = args.dgate + <usize>(row * args.dgateRow);
    let dup = args.dup + <usize>(row * args.dupRow);
    let gate = args.gate + <usize>(row * args.gateRow);
    let up = args.up + <usize>(row * args.upRow);
    for (let left = n; left > 0; left -= 4, dgate += 16, dup += 16, gate += 16, up += 16) {
      const g = load4(gate, left), u = load4(up, left), upstream = load4(dy, left), s = gate4(g);
      dy += <usize>min(left, 4) << 2;
      store4(dgate, f32x4.mul(f32x4.mul(upstream, u), gatedSlope4(g, s)), left);
      store4(dup, f32x4.mul(upstream, gated4(g, s)), left);
    }
  }
}
