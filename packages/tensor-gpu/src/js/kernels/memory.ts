import type { View } from "../../backend/view";
import type { Heap } from "../array-heap";
import { converterTo } from "../convert";
import { elementOffsets } from "../strides";

export function fill(heap: Heap, out: View, value: number): void {
  heap.numbers(out).fill(converterTo(out.dtype)(value));
}

export function copy(heap: Heap, out: View, x: View): void {
  const target = heap.block(out);
  const source = heap.packed(x);
  const places = elementOffsets(out);
  const convert = converterTo(out.dtype);
  for (let i = 0; i < out.size; i++) target[places[i]!] = convert(source[i]!);
}
