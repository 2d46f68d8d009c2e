import { converterTo } from "../convert";
import type { OnHeap } from "../on-heap";
import { philox } from "./philox";

const LANES = 4;
const ULP = 2 ** -24;

/** Calls `use` with word number offset, offset + 1, … and the other word of its pair of lanes (0,1) or (2,3). */
function forEachWord(
  seed: number,
  offset: number,
  count: number,
  use: (i: number, word: number, partner: number, lane: number) => void,
): void {
  let words = philox(seed, Math.floor(offset / LANES));
  for (let i = 0; i < count; i++) {
    const lane = (offset + i) % LANES;
    if (lane === 0) words = philox(seed, (offset + i) / LANES);
    use(i, words[lane]!, words[lane ^ 1]!, lane);
  }
}

const uniform = (word: number) => (word >>> 8) * ULP;

/**
 * Box–Muller: the even lane's word gives the radius, the odd lane's the angle. The even lane gets the cosine, the odd
 * one the sine.
 */
function normal(word: number, partner: number, lane: number): number {
  const isEven = lane % 2 === 0;
  const radius = Math.sqrt(-2 * Math.log((((isEven ? word : partner) >>> 8) + 1) * ULP));
  const angle = 2 * Math.PI * uniform(isEven ? partner : word);
  return radius * (isEven ? Math.cos(angle) : Math.sin(angle));
}

export const random: OnHeap["random"] = (heap, kind, out, seed, offset, a, b) => {
  const y = heap.numbers(out);
  const convert = converterTo(out.dtype);
  forEachWord(seed, offset, y.length, (i, word, partner, lane) => {
    if (kind === "uniform") y[i] = convert(a + (b - a) * uniform(word));
    else if (kind === "bernoulli") y[i] = uniform(word) < a ? 1 : 0;
    else y[i] = convert(a + b * normal(word, partner, lane));
  });
};

export const dropout: OnHeap["dropout"] = (heap, out, x, p, seed, offset) => {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  forEachWord(seed, offset, y.length, (i, word) => {
    y[i] = uniform(word) >= p ? from[i]! / (1 - p) : 0;
  });
};
