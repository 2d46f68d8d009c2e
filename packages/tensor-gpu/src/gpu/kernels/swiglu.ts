import type { OnHeap } from "../on-heap";
import { elementwise } from "../strided";

export const swiglu: OnHeap["swiglu"] = (heap, out, gate, up) => {
  elementwise(heap, "swiglu", out, [gate, up], {}, "value = siluOf(v0) * v1;");
};

export const swigluGrad: OnHeap["swigluGrad"] = (heap, dgate, dup, dy, gate, up) => {
  const inputs = [dy, gate, up];
  // Held until both are done: the gradients may lie over gate and up.
  const cells = inputs.map((view) => heap.device.retain(heap.cell(view)));
  elementwise(heap, "swigluGate", dgate, inputs, {}, "value = v0 * v2 * siluSlope(v1);", cells);
  const forUp = cells.slice(0, 2);
  elementwise(heap, "swigluUp", dup, inputs.slice(0, 2), {}, "value = v0 * siluOf(v1);", forUp);
  for (const cell of cells) heap.device.release(cell);
};
