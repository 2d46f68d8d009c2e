import type { View } from "../../backend/view";
import { rowSize } from "../../js/strides";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { compute, launch } from "../launch";
import type { OnHeap } from "../on-heap";

/** Entries by index, or every row as its own entry. */
function entries(heap: Heap, indices: View | null) {
  const arrays: Record<string, Cell> = indices ? { indices: heap.cell(indices) } : {};
  const numbers: Record<string, number> = indices ? { indexOffset: indices.offset } : {};
  return {
    key: indices ? " indexed" : "",
    arrays,
    numbers,
    row: indices ? "at(indices, indexOffset + e0)" : "e0",
  };
}

const SEGMENT_OF_I = `const segment = quotient(i, d);
    const column = i - segment * d;
    const start = at(offsets, first + segment);
    const end = at(offsets, first + segment + 1);`;

export const segmentReduce: OnHeap["segmentReduce"] = (
  heap,
  op,
  out,
  x,
  offsets,
  indices,
  weights,
) => {
  const { key, arrays, numbers, row } = entries(heap, indices);
  const factor = weights ? "at(weights, weightOffset + e0) * " : "";
  const step =
    op === "max"
      ? "if (e0 == start) { value = one; }\n      if (one > value) { value = one; }\n      if (isNan(one) > 0) { value = one; }"
      : "value = value + one;";
  launch(heap, out, {
    key: `segment ${op}${key}${weights ? " weighted" : ""}`,
    arrays: {
      x: heap.cell(x),
      offsets: heap.cell(offsets),
      ...arrays,
      ...(weights ? { weights: heap.cell(weights) } : {}),
    },
    numbers: {
      d: rowSize(x),
      xOffset: x.offset,
      first: offsets.offset,
      ...numbers,
      ...(weights ? { weightOffset: weights.offset } : {}),
    },
    body: `${SEGMENT_OF_I}
    for (let turn = 0; turn < end - start; turn++) {
      const e0 = start + turn;
      const row = ${row};
      const one = ${factor}at(x, xOffset + row * d + column);
      ${step}
    }
    ${op === "mean" ? "if (end > start) { value = value / (end - start); }" : ""}`,
  });
};

export const segmentArgMax: OnHeap["segmentArgMax"] = (heap, out, x, offsets, indices) => {
  const { key, arrays, numbers, row } = entries(heap, indices);
  launch(heap, out, {
    key: `segment arg max${key}`,
    arrays: { x: heap.cell(x), offsets: heap.cell(offsets), ...arrays },
    numbers: { d: rowSize(x), xOffset: x.offset, first: offsets.offset, ...numbers },
    body: `${SEGMENT_OF_I}
    value = -1;
    let best = 0;
    for (let turn = 0; turn < end - start; turn++) {
      const e0 = start + turn;
      const row = ${row};
      const one = at(x, xOffset + row * d + column);
      let better = 0;
      if (one > best) { better = 1; }
      if (isNan(one) > 0) { better = 1; }
      if (isNan(best) > 0) { better = 0; }
      if (value < 0) { better = 1; }
      if (better > 0) { best = one; value = row; }
    }`,
  });
};

/** The segment of each entry. The caller must release it. */
function segmentNumbers(heap: Heap, offsets: View, count: number): Cell {
  return compute(heap, count, {
    key: "segment numbers",
    arrays: { offsets: heap.cell(offsets) },
    numbers: { first: offsets.offset, segments: offsets.size - 1 },
    // The last segment that starts at or before the entry: bisection, since starts only grow.
    body: `let low = 0;
    let high = segments;
    for (let turn = 0; turn < 32; turn++) {
      if (high - low > 1) {
        const middle = quotient(low + high, 2);
        if (at(offsets, first + middle) <= i) { low = middle; } else { high = middle; }
      }
    }
    value = low;`,
  });
}

export const segmentDot: OnHeap["segmentDot"] = (heap, out, dy, x, offsets, indices) => {
  if (out.size === 0) return;
  const { key, arrays, numbers, row } = entries(heap, indices);
  const segments = segmentNumbers(heap, offsets, out.size);
  launch(heap, out, {
    key: `segment dot${key}`,
    arrays: { dy: heap.cell(dy), x: heap.cell(x), segments, ...arrays },
    numbers: { d: rowSize(x), xOffset: x.offset, dyOffset: dy.offset, ...numbers },
    body: `const e0 = i;
    const segment = at(segments, i);
    const row = ${row};
    for (let q = 0; q < d; q++) {
      value = value + at(dy, dyOffset + segment * d + q) * at(x, xOffset + row * d + q);
    }`,
  });
  heap.device.release(segments);
};

/** An elementwise pass over entries, after a loop over the entries of each one's segment. */
function overSegments(
  heap: Heap,
  key: string,
  out: View,
  views: Readonly<Record<string, View>>,
  offsets: View,
  body: string,
): void {
  if (out.size === 0) return;
  const heads = rowSize(out);
  const segments = segmentNumbers(heap, offsets, out.size / heads);
  const arrays: Record<string, Cell> = { offsets: heap.cell(offsets), segments };
  const numbers: Record<string, number> = { heads, first: offsets.offset };
  for (const [name, view] of Object.entries(views)) {
    arrays[name] = heap.cell(view);
    numbers[`${name}Offset`] = view.offset;
  }
  launch(heap, out, {
    key,
    arrays,
    numbers,
    body: `const entry = quotient(i, heads);
    const head = i - entry * heads;
    const segment = at(segments, entry);
    const start = at(offsets, first + segment);
    const end = at(offsets, first + segment + 1);
    ${body}`,
  });
  heap.device.release(segments);
}

export const segmentSoftmax: OnHeap["segmentSoftmax"] = (heap, out, x, offsets) => {
  overSegments(
    heap,
    "segmentSoftmax",
    out,
    { x },
    offsets,
    `let top = at(x, xOffset + start * heads + head);
    for (let turn = 0; turn < end - start; turn++) {
      const e0 = start + turn;
      const one = at(x, xOffset + e0 * heads + head);
      if (one > top) { top = one; }
      if (isNan(one) > 0) { top = one; }
    }
    let sum = 0;
    for (let again = 0; again < end - start; again++) {
      const e1 = start + again; sum = sum + expOf(at(x, xOffset + e1 * heads + head) - top); }
    value = expOf(at(x, xOffset + i) - top);
    if (Math.abs(top) <= 3.4028234663852886e38) { value = value / sum; }
    if (top > 3.4028234663852886e38) { value = nanOf(top); }`,
  );
};

/** dx = y · (dy − Σ dy·y), the sum over the segment. */
export const segmentSoftmaxGrad: OnHeap["segmentSoftmaxGrad"] = (heap, dx, dy, y, offsets) => {
  overSegments(
    heap,
    "segmentSoftmaxGrad",
    dx,
    { dy, y },
    offsets,
    `let dot = 0;
    for (let turn = 0; turn < end - start; turn++) {
      const e0 = start + turn;
      dot = dot + at(dy, dyOffset + e0 * heads + head) * at(y, yOffset + e0 * heads + head);
    }
    value = at(y, yOffset + i) * (at(dy, dyOffset + i) - dot);`,
  );
};
