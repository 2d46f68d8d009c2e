import { describe, expect, it } from "vitest";
import { inference, ones, tensor, zeros } from "../../src";
import { thrownBy } from "../support/thrown-by";

/** Two sequences of up to eight tokens in four pages of four. */
function pagesOf(changes: { row?: number[]; table?: number[] } = {}): inference.KeyPages {
  const rows = Int32Array.from(changes.row ?? [1, 2]);
  const table = Int32Array.from(changes.table ?? [0, 1, 2, 3]);
  return {
    keys: zeros([4, 1, 4, 2]),
    values: zeros([4, 1, 4, 2]),
    rows: tensor(rows, { shape: [1, 2] }),
    table: tensor(table, { shape: [2, 2] }),
    numbers: { rows, table },
  };
}

const row = () => ones([1, 1, 2]);
const rotation = (positions: number, width = 1) => ({
  cos: ones([positions, width]),
  sin: zeros([positions, width]),
  interleaved: false,
});

describe("pages", () => {
  it.each([
    ["a sequence that is not there", { row: [2, 0] }],
    ["a negative sequence", { row: [-1, 0] }],
    ["a position past the sequence's pages", { row: [1, 8] }],
    ["a negative position", { row: [1, -1] }],
    ["a page that is not there", { table: [0, 1, 2, 4] }],
    ["a negative page", { table: [-7, 1, 2, 3] }],
  ])("refuse %s before anything is read or written", (_, changes) => {
    const pages = pagesOf(changes);
    const calls = [
      () => inference.storePages(null, row(), row(), pages, null),
      () => inference.attendPages(zeros([1, 1, 2]), row(), pages),
    ];
    for (const call of calls) expect(thrownBy(call)).toMatchObject({ code: "ERR_RANGE" });
    expect(pages.keys.sum().itemSync()).toBe(0);
  });

  it("refuse tensors that differ from the numbers beside them", () => {
    const pages = pagesOf();
    pages.rows.set(Int32Array.of(1, 400));
    const store = () => inference.storePages(null, row(), row(), pages, null);
    expect(thrownBy(store)).toMatchObject({ code: "ERR_RANGE" });
    const shorter = { ...pages, numbers: { ...pages.numbers, table: Int32Array.of(0) } };
    const attend = () => inference.attendPages(zeros([1, 1, 2]), row(), shorter);
    expect(thrownBy(attend)).toMatchObject({ code: "ERR_SHAPE" });
  });

  it("refuse angles that end before a row's position, or of another width", () => {
    const store = (angles: inference.PageRotation) => () =>
      inference.storePages(row(), row(), row(), pagesOf(), angles);
    expect(thrownBy(store(rotation(2)))).toMatchObject({ code: "ERR_RANGE" });
    expect(thrownBy(store(rotation(8, 2)))).toMatchObject({ code: "ERR_SHAPE" });
    const uneven = { ...rotation(8), sin: zeros([1, 1]) };
    expect(thrownBy(store(uneven))).toMatchObject({ code: "ERR_RANGE" });
  });
});

describe("operators that write into a tensor", () => {
  const [out, x] = [zeros([2, 3]), ones([2, 3])];
  const stats = zeros([4]);
  const column = ones([3, 2]).narrow(1, 0, 1); // [3, 1] of stride 2

  it.each<[string, string, () => void]>([
    [
      "an index outside the table",
      "ERR_RANGE",
      () => inference.gatherInto(out, ones([4, 3]), tensor(Int32Array.of(0, 4))),
    ],
    [
      "a bias that does not lie in one piece",
      "ERR_SHAPE",
      () => inference.linearInto(out, x, ones([3, 3]), { bias: column.squeeze(1) }),
    ],
    [
      "a weight of another size",
      "ERR_SHAPE",
      () => inference.layerNormInto(out, stats, x, ones([4]), null, 1e-5),
    ],
    [
      "room for too few statistics",
      "ERR_SHAPE",
      () => inference.rmsNormInto(out, zeros([1]), x, null, 1e-5),
    ],
    ["eps NaN", "ERR_RANGE", () => inference.rmsNormInto(out, stats, x, null, Number.NaN)],
    ["a factor NaN", "ERR_RANGE", () => inference.scaleInto(x, Number.NaN)],
    ["an unknown activation", "ERR_RANGE", () => inference.activateInto("exp" as "relu", out, x)],
    [
      "queries that are not contiguous",
      "ERR_SHAPE",
      () => {
        const q = ones([1, 2, 1, 4]).narrow(3, 0, 2);
        const turned = ones([1, 2, 2, 3]).transpose(2, 3).narrow(2, 0, 1); // of last stride 3
        inference.attendInto(zeros([1, 2, 1, 2]), turned, q, q, 1);
      },
    ],
  ])("refuse %s", (_, code, call) => {
    expect(thrownBy(call)).toMatchObject({ code });
  });
});
