import type { View } from "../../backend/view";
import type { OnHeap } from "../on-heap";

/** Calls `use` with the first index of each contiguous run of a channel's elements. */
function forEachRun(x: View, channel: number, use: (first: number, area: number) => void): void {
  const [batch = 1, channels = 1] = x.shape;
  const area = x.size / (batch * channels);
  for (let image = 0; image < batch; image++) use((image * channels + channel) * area, area);
}

/** @see Ioffe and Szegedy 2015, algorithm 1 */
export const batchNorm: OnHeap["batchNorm"] = (heap, out, stats, x, weight, bias, eps) => {
  const [y, from, moments] = [heap.floats(out), heap.floats(x), heap.floats(stats)];
  const [w, b] = [weight && heap.floats(weight), bias && heap.floats(bias)];
  const channels = x.shape[1]!;
  const count = x.size / channels;
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0];
    forEachRun(x, c, (first, area) => {
      for (let i = first; i < first + area; i++) sum += from[i]!;
    });
    const mean = sum / count;
    forEachRun(x, c, (first, area) => {
      for (let i = first; i < first + area; i++) squares += (from[i]! - mean) ** 2;
    });
    moments[c] = mean;
    moments[channels + c] = squares / count;
    const scale = (w?.[c] ?? 1) / Math.sqrt(squares / count + eps);
    forEachRun(x, c, (first, area) => {
      for (let i = first; i < first + area; i++) y[i] = (from[i]! - mean) * scale + (b?.[c] ?? 0);
    });
  }
  return true;
};

/** @see Ioffe and Szegedy 2015, section 3, the gradients of the transform */
export const batchNormGrad: OnHeap["batchNormGrad"] = (
  heap,
  dx,
  dweight,
  dbias,
  dy,
  x,
  weight,
  stats,
  eps,
) => {
  const [upstream, from, moments] = [heap.floats(dy), heap.floats(x), heap.floats(stats)];
  const w = weight && heap.floats(weight);
  const channels = x.shape[1]!;
  const count = x.size / channels;
  for (let c = 0; c < channels; c++) {
    const [mean, spread] = [moments[c]!, moments[channels + c]! + eps];
    let [sum, dot] = [0, 0];
    forEachRun(x, c, (first, area) => {
      for (let i = first; i < first + area; i++) {
        sum += upstream[i]!;
        dot += upstream[i]! * (from[i]! - mean);
      }
    });
    if (dweight) heap.floats(dweight)[c] = dot / Math.sqrt(spread);
    if (dbias) heap.floats(dbias)[c] = sum;
    if (!dx) continue;
    const out = heap.floats(dx);
    const scale = (w?.[c] ?? 1) / Math.sqrt(spread);
    forEachRun(x, c, (first, area) => {
      for (let i = first; i < first + area; i++)
        out[i] =
          scale * (upstream[i]! - sum / count - ((from[i]! - mean) * dot) / (count * spread));
    });
  }
  return true;
};
