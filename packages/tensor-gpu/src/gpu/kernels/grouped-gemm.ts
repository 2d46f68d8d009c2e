import { lastAxis, rowSize } from "../../js/strides";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";

/** Product of each row with its group's matrix; rows without a group are unchanged. */
export const groupedGemm: OnHeap["groupedGemm"] = (heap, mode, c, a, b, offsets) => {
  const [n, k] = [lastAxis(c), lastAxis(a)];
  const [bRow, bCol] = mode === "nt" ? [1, k] : [n, 1];
  launch(heap, c, {
    key: "grouped gemm",
    arrays: { a: heap.cell(a), b: heap.cell(b), c: heap.cell(c), offsets: heap.cell(offsets) },
    numbers: {
      n,
      k,
      bRow,
      bCol,
      groups: offsets.size - 1,
      aOffset: a.offset,
      bOffset: b.offset,
      cOffset: c.offset,
      first: offsets.offset,
    },
    body: `const row = quotient(i, n);
    const column = i - row * n;
    let group = -1;
    for (let g = 0; g < groups; g++) {
      const start = at(offsets, first + g);
      const end = at(offsets, first + g + 1);
      if (row >= start) { if (row < end) { group = g; } }
    }
    if (group < 0) { value = at(c, cOffset + i); } else {
      const fromA = aOffset + row * k;
      const fromB = bOffset + group * n * k + column * bCol;
      for (let p = 0; p < k; p++) { value = value + at(a, fromA + p) * at(b, fromB + p * bRow); }
    }`,
  });
};

export const groupedGemmWeight: OnHeap["groupedGemmWeight"] = (heap, c, a, b, offsets, groups) => {
  const [n, k] = [lastAxis(a), lastAxis(b)];
  const chosen = groups ? { groups: heap.cell(groups) } : {};
  launch(heap, c, {
    key: groups ? "grouped gemm weight of some" : "grouped gemm weight",
    arrays: { a: heap.cell(a), b: heap.cell(b), offsets: heap.cell(offsets), ...chosen },
    numbers: {
      n,
      k,
      size: rowSize(c),
      aOffset: a.offset,
      bOffset: b.offset,
      first: offsets.offset,
      ...(groups ? { firstGroup: groups.offset } : {}),
    },
    body: `const place = quotient(i, size);
    const rest = i - place * size;
    const row = quotient(rest, k);
    const column = rest - row * k;
    const group = ${groups ? "at(groups, firstGroup + place)" : "place"};
    const start = at(offsets, first + group);
    const end = at(offsets, first + group + 1);
    for (let turn = 0; turn < end - start; turn++) {
      const p = start + turn;
      value = value + at(a, aOffset + p * n + row) * at(b, bOffset + p * k + column);
    }`,
  });
};
