import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { compute, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { INPUT_PLACE, OUTPUT_PLACE, overTaps, overWindows, windowNumbers } from "./windows";

/** The first of equal values wins, and NaN wins over every number. */
function maximum(heap: Heap, out: View, x: View, shape: ConvShape, result: "winner" | "best") {
  launch(heap, out, {
    key: `maxPool ${result}`,
    arrays: { image: heap.cell(x) },
    numbers: { ...windowNumbers(shape), imageOffset: x.offset },
    body: `${OUTPUT_PLACE}
    const start = imageOffset + plane * inSize;
    let winner = -1;
    let best = 0;
    ${overTaps(`const one = at(image, start + from);
          let better = 0;
          if (one > best) { better = 1; }
          if (isNan(one) > 0) { better = 1; }
          if (isNan(best) > 0) { better = 0; }
          if (winner < 0) { better = 1; }
          if (better > 0) { best = one; winner = from; }`)}
    value = ${result};`,
  });
}

export const maxPool: OnHeap["maxPool"] = (heap, out, argmax, x, shape) => {
  maximum(heap, out, x, shape, "best");
  maximum(heap, argmax, x, shape, "winner");
};

export const maxPoolGrad: OnHeap["maxPoolGrad"] = (heap, dx, dy, argmax, shape) => {
  launch(heap, dx, {
    key: "maxPoolGrad",
    arrays: { dy: heap.cell(dy), argmax: heap.cell(argmax) },
    numbers: { ...windowNumbers(shape), dyOffset: dy.offset, argmaxOffset: argmax.offset },
    body: `${INPUT_PLACE}
    const start = plane * outSize;
    ${overWindows(`const winner = at(argmax, argmaxOffset + start + to);
          if (winner == own) { value = value + at(dy, dyOffset + start + to); }`)}`,
  });
};

const COUNT_TAPS = overTaps("count = count + 1;");

export const avgPool: OnHeap["avgPool"] = (heap, out, x, shape, countPad) => {
  launch(heap, out, {
    key: countPad ? "avgPool with padding" : "avgPool",
    arrays: { image: heap.cell(x) },
    numbers: { ...windowNumbers(shape), imageOffset: x.offset },
    body: `${OUTPUT_PLACE}
    const start = imageOffset + plane * inSize;
    let count = 0;
    ${overTaps("value = value + at(image, start + from);\n          count = count + 1;")}
    value = value / ${countPad ? "taps" : "count"};`,
  });
};

/** The divisor of each window's sum. */
function divisors(heap: Heap, shape: ConvShape, countPad: boolean): Cell {
  const numbers = windowNumbers(shape);
  return compute(heap, Math.max(1, numbers.outSize!), {
    key: countPad ? "taps" : "taps inside",
    arrays: {},
    numbers,
    body: `${OUTPUT_PLACE}
    let count = 0;
    ${COUNT_TAPS}
    value = ${countPad ? "taps" : "count"};`,
  });
}

export const avgPoolGrad: OnHeap["avgPoolGrad"] = (heap, dx, dy, shape, countPad) => {
  if (dx.size === 0) return;
  const counts = divisors(heap, shape, countPad);
  launch(heap, dx, {
    key: "avgPoolGrad",
    arrays: { dy: heap.cell(dy), counts },
    numbers: { ...windowNumbers(shape), dyOffset: dy.offset },
    body: `${INPUT_PLACE}
    const start = dyOffset + plane * outSize;
    ${overWindows("value = value + at(dy, start + to) / at(counts, to);")}`,
  });
  heap.device.release(counts);
};
