import type { OnHeap } from "../on-heap";
import { elementOffsets } from "../strides";

/** @see Su et al. 2021, "RoFormer", equation 34 */
export const rope: OnHeap["rope"] = (heap, out, x, cos, sin, positions, interleaved, inverse) => {
  const [y, places] = [heap.block(out), elementOffsets(out)];
  const from = heap.packed(x);
  const [cosines, sines, rows] = [heap.floats(cos), heap.floats(sin), heap.ints(positions)];
  const [, , heads = 0, d = 0] = x.shape;
  const half = d / 2;
  for (let vector = 0; vector < x.size / d; vector++) {
    const angles = rows[Math.floor(vector / heads)]! * half;
    for (let i = 0; i < half; i++) {
      const first = vector * d + (interleaved ? 2 * i : i);
      const second = interleaved ? first + 1 : first + half;
      const c = cosines[angles + i]!;
      const s = inverse ? -sines[angles + i]! : sines[angles + i]!;
      const [a, b] = [from[first]!, from[second]!];
      y[places[first]!] = a * c - b * s;
      y[places[second]!] = b * c + a * s;
    }
  }
};
