/** @file Normalising each channel of [batch][channels][area] over the batch and the area. Items are channels. */
import { place } from "./arguments";
import { loadPart, storePart } from "./lanes";
import { madd } from "./math";
import { rowSquares, rowSum } from "./row-sums";

@unmanaged class BatchNorm {
  out: usize;
  x: usize;
  weight: usize; // or 0
  bias: usize; // or 0
  stats: usize;
  batch: i32;
  channels: i32;
  area: i32;
  eps: f32;
}

@unmanaged class BatchNormGrad {
  dx: usize; // or 0, like dweight and dbias
  dweight: usize;
  dbias: usize;
  dy: usize;
  x: usize;
  weight: usize; // or 0
  stats: usize;
  batch: i32;
  channels: i32;
  area: i32;
  eps: f32;
}

/** Σ dy·(x − mean). */
@inline function centredDot(dy: usize, x: usize, n: i32, mean: f32): f64 {
  const centre = f32x4.splat(mean);
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; n >= 16; n -= 16, x += 64, dy += 64) {
    a = madd(v128.load(dy), f32x4.sub(v128.load(x), centre), a);
    b = madd(v128.load(dy, 16), f32x4.sub(v128.load(x, 16), centre), b);
    c = madd(v128.load(dy, 32), f32x4.sub(v128.load(x, 32), centre), c);
    d = madd(v128.load(dy, 48), f32x4.sub(v128.load(x, 48), centre), d);
  }
  for (; n > 0; n -= 4, x += 16, dy += 16) a = madd(loadPart(dy, n), f32x4.sub(loadPart(x, n), centre), a);
  const s = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return <f64>f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3);
}

/** out = (x − mean)·scale + shift: subtracting first keeps what a large mean would swallow. */
@inline function normalizeRow(out: usize, x: usize, n: i32, mean: f32, scale: v128, shift: v128): void {
  const centre = f32x4.splat(mean);
  for (; n >= 4; n -= 4, out += 16, x += 16) {
    v128.store(out, madd(f32x4.sub(v128.load(x), centre), scale, shift));
  }
  if (n > 0) storePart(out, madd(f32x4.sub(loadPart(x, n), centre), scale, shift), n);
}

/** out = dy·a + (x − mean)·b + shift. */
@inline function centredRow(out: usize, dy: usize, x: usize, n: i32, mean: f32, a: v128, b: v128, shift: v128): void {
  const centre = f32x4.splat(mean);
  for (; n >= 4; n -= 4, out += 16, x += 16, dy += 16) {
    v128.store(out, madd(v128.load(dy), a, madd(f32x4.sub(v128.load(x), centre), b, shift)));
  }
  if (n > 0) storePart(out, madd(loadPart(dy, n), a, madd(f32x4.sub(loadPart(x, n), centre), b, shift)), n);
}

/** stats: means, then variances, a channel each. */
export function batchNorm(args: BatchNorm, begin: i32, end: i32): void {
  const batch = args.batch, channels = args.channels, area = args.area;
  const count = <f64>batch * area, step = <usize>(channels * area) << 2;
  for (let c = begin; c < end; c++) {
    const first = place(args.x, c * area);
    let sum: f64 = 0, squares: f64 = 0;
    for (let i = 0, x = first; i < batch; i++, x += step) sum += rowSum(x, area);
    const mean = <f32>(sum / count);
    for (let i = 0, x = first; i < batch; i++, x += step) squares += rowSquares(x, area, mean);
    const variance = <f32>(squares / count), inverse = <f32>(1 / Math.sqrt(<f64>variance + args.eps));
    store<f32>(place(args.stats, c), mean);
    store<f32>(place(args.stats, channels + c), variance);
    const scale = inverse * (args.weight != 0 ? load<f32>(place(args.weight, c)) : 1);
    const shift = (args.bias != 0 ? load<f32>(place(args.bias, c)) : 0);
    let out = place(args.out, c * area);
    for (let i = 0, x = first; i < batch; i++, x += step, out += step) {
      normalizeRow(out, x, area, mean, f32x4.splat(scale), f32x4.splat(shift));
    }
  }
}

/** With N places a channel: dx = scale·(dy − Σdy / N − (x − mean)·Σdy·(x − mean) / (N·(variance + eps))). */
export function batchNormGrad(args: BatchNormGrad, begin: i32, end: i32): void {
  const batch = args.batch, channels = args.channels, area = args.area;
  const count = <f64>batch * area, step = <usize>(channels * area) << 2;
  for (let c = begin; c < end; c++) {
    const firstX = place(args.x, c * area), firstDy = place(args.dy, c * area);
    const mean = load<f32>(place(args.stats, c));
    const spread = <f64>load<f32>(place(args.stats, channels + c)) + args.eps;
    const inverse = 1 / Math.sqrt(spread);
    let sum: f64 = 0, dot: f64 = 0;
    for (let i = 0, x = firstX, dy = firstDy; i < batch; i++, x += step, dy += step) {
      sum += rowSum(dy, area);
      dot += centredDot(dy, x, area, mean);
    }
    if (args.dweight != 0) store<f32>(place(args.dweight, c), <f32>(dot * inverse));
    if (args.dbias != 0) store<f32>(place(args.dbias, c), <f32>sum);
    if (args.dx == 0) continue;
    const scale = inverse * (args.weight != 0 ? load<f32>(place(args.weight, c)) : 1);
    const a = f32x4.splat(<f32>scale), b = f32x4.splat(<f32>(-scale * dot / (count * spread)));
    const shift = f32x4.splat(<f32>(-scale * sum / count));
    let out = place(args.dx, c * area);
    for (let i = 0, x = firstX, dy = firstDy; i < batch; i++, x += step, dy += step, out += step) {
      centredRow(out, dy, x, area, mean, a, b, shift);
    }
  }
}
