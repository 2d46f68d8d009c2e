import { Flag, place } from "./arguments";
import { loadPart, storePart } from "./lanes";
import { madd, madd1, nmadd } from "./math";

/** Pairs (i, i + half). out may be x. */
export function rotateHalves(out: usize, x: usize, cos: usize, sin: usize, half: i32, flip: v128): void {
  const far = <usize>half << 2;
  for (; half >= 4; half -= 4, out += 16, x += 16, cos += 16, sin += 16) {
    const a = v128.load(x), b = v128.load(x + far), c = v128.load(cos), s = v128.xor(v128.load(sin), flip);
    v128.store(out, nmadd(b, s, f32x4.mul(a, c)));
    v128.store(out + far, madd(a, s, f32x4.mul(b, c)));
  }
  if (half == 0) return;
  const a = loadPart(x, half), b = loadPart(x + far, half);
  const c = loadPart(cos, half), s = v128.xor(loadPart(sin, half), flip);
  storePart(out, nmadd(b, s, f32x4.mul(a, c)), half);
  storePart(out + far, madd(a, s, f32x4.mul(b, c)), half);
}

/** Pairs (2i, 2i + 1). */
export function rotateNeighbours(out: usize, x: usize, cos: usize, sin: usize, half: i32, flip: v128): void {
  for (; half >= 4; half -= 4, out += 32, x += 32, cos += 16, sin += 16) {
    const p = v128.load(x), q = v128.load(x, 16);
    const a = v128.shuffle<i32>(p, q, 0, 2, 4, 6), b = v128.shuffle<i32>(p, q, 1, 3, 5, 7);
    const c = v128.load(cos), s = v128.xor(v128.load(sin), flip);
    const u = nmadd(b, s, f32x4.mul(a, c)), v = madd(a, s, f32x4.mul(b, c));
    v128.store(out, v128.shuffle<i32>(u, v, 0, 4, 1, 5));
    v128.store(out, v128.shuffle<i32>(u, v, 2, 6, 3, 7), 16);
  }
  for (; half > 0; half--, out += 8, x += 8, cos += 4, sin += 4) {
    const a = load<f32>(x), b = load<f32>(x, 4), c = load<f32>(cos);
    const s = f32x4.extract_lane(v128.xor(v128.load32_zero(sin), flip), 0);
    store<f32>(out, madd1(-b, s, a * c));
    store<f32>(out, madd1(a, s, b * c), 4);
  }
}

@unmanaged class Rope {
  out: usize;
  x: usize;
  cos: usize;
  sin: usize;
  positions: usize;
  length: i32; // of a sequence
  heads: i32;
  half: i32; // d / 2
  isInterleaved: Flag;
  isInverse: Flag;
  outBatch: i32; // strides
  outPosition: i32;
  outHead: i32;
  xBatch: i32;
  xPosition: i32;
  xHead: i32;
}

/** Items are positions in the sequences, batch by batch. */
export function rope(args: Rope, begin: i32, end: i32): void {
  const length = args.length, heads = args.heads, half = args.half;
  const isInterleaved = args.isInterleaved != 0;
  const flip = i32x4.splat(args.isInverse != 0 ? 0x80000000 : 0);
  for (let item = begin; item < end; item++) {
    const b = item / length, t = item - b * length;
    const angle = load<i32>(place(args.positions, item)) * half;
    const cos = place(args.cos, angle), sin = place(args.sin, angle);
    let out = place(args.out, b * args.outBatch + t * args.outPosition);
    let x = place(args.x, b * args.xBatch + t * args.xPosition);
    for (let head = 0; head < heads; head++) {
      if (isInterleaved) rotateNeighbours(out, x, cos, sin, half, flip);
      else rotateHalves(out, x, cos, sin, half, flip);
      out += <usize>args.outHead << 2;
      x += <usize>args.xHead << 2;
    }
  }
}
