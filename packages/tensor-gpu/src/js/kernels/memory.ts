import { converterTo } from "../convert";
import type { OnHeap } from "../on-heap";
import { elementOffsets } from "../strides";

export const fill: OnHeap["fill"] = (heap, out, value) => {
  heap.numbers(out).fill(converterTo(out.dtype)(value));
};

export const copy: OnHeap["copy"] = (heap, out, x) => {
  const target = heap.block(out);
  const source = heap.packed(x);
  const places = elementOffsets(out);
  const convert = converterTo(out.dtype);
  for (let i = 0; i < out.size; i++) target[places[i]!] = convert(source[i]!);
};
