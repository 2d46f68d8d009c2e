import { describe, expect, it } from "vitest";
import type { UnaryOp } from "../../src/backend/kernels";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import { UNARY_OPS } from "../conformance/suite/cases/unary";
import { createArena, noise } from "./arena";

/** NaN as files and other programs write them: quiet, negative, signalling, all ones, any bits. */
const PAYLOADS = [
  0x7fc00000, 0xffc00000, 0x7f800001, 0xffffffff, 0x7fffffff, 0xffa5a5a5, 0x7fc000ff,
];

describe.each([
  { build: "with fused multiply-add", relaxed: true },
  { build: "plain", relaxed: false },
])("a NaN of any bits, $build,", ({ relaxed }) => {
  const arena = createArena({ threads: 1, relaxed });
  const kernels = assembleKernels(arena.launcher);
  const n = 13;
  /** Numbers with the NaN in places that fall into whole vectors and into the rest. */
  const rows = (bits: number, places: readonly number[]) => {
    const data = noise(2 * n, 3);
    const raw = new Int32Array(data.buffer);
    for (const place of places) raw[place] = bits;
    return arena.put(data, [2, n]);
  };
  const isNaNAt = (view: ReturnType<typeof rows>) => Array.from(arena.read(view), Number.isNaN);

  it.each(UNARY_OPS)("stays NaN in %s and its gradient", (op: UnaryOp) => {
    for (const bits of PAYLOADS) {
      const places = [1, 12, 20];
      const x = rows(bits, places);
      const ordinary = arena.put(noise(2 * n, 5).map(Math.abs), [2, n]);
      const [y, dx] = [arena.put(noise(2 * n, 1), [2, n]), arena.put(noise(2 * n, 1), [2, n])];
      kernels.unary(op, y, x, 2);
      const out = isNaNAt(y);
      for (const place of places) expect(out[place]).toBe(true);
      kernels.unaryGrad(op, dx, x, ordinary, ordinary, 2);
      const isFlat = ["sign", "floor", "ceil", "round"].includes(op);
      for (const place of places) expect(isNaNAt(dx)[place]).toBe(!isFlat);
      arena.reset();
    }
  });

  it("makes its row of a softmax, a loss and its gradient NaN, and no other", () => {
    for (const bits of PAYLOADS) {
      const x = rows(bits, [5]);
      const outs = [1, 2, 3].map((seed) => arena.put(noise(2 * n, seed), [2, n]));
      const [losses, lse] = [arena.put(noise(2, 1)), arena.put(noise(2, 1))];
      const targets = arena.put(Int32Array.of(3, 3));
      kernels.softmax(outs[0]!, x, 2, n);
      kernels.logSoftmax(outs[1]!, x, 2, n);
      kernels.crossEntropy(losses, lse, x, targets, -100, 0);
      kernels.crossEntropyGrad(outs[2]!, x, lse, targets, arena.put(noise(2, 1)), -100, 0);
      for (const out of outs)
        expect(isNaNAt(out)).toEqual(Array.from({ length: 2 * n }, (_, i) => i < n));
      expect(isNaNAt(losses)).toEqual([true, false]);
      expect(isNaNAt(lse)).toEqual([true, false]);
      arena.reset();
    }
  });

  it("is found by argReduce and sort, and counts as the largest", () => {
    for (const bits of PAYLOADS) {
      const x = rows(bits, [7, 18]);
      const place = arena.put(Int32Array.of(0, 0));
      const column = arena.put(new Int32Array(n));
      const [values, indices] = [arena.put(noise(4, 1)), arena.put(new Int32Array(4))];
      for (const op of ["max", "min"] as const) {
        expect(kernels.argReduce(op, place, x, 2, n, 1)).toBe(true);
        expect(arena.read(place)).toEqual(Int32Array.of(7, 5));
        expect(kernels.argReduce(op, column, x, 1, 2, n)).toBe(true);
        expect(arena.read(column).at(7)).toBe(0);
      }
      expect(kernels.sort(values, indices, x, 2, n, 2, true)).toBe(true);
      expect([0, 2].map((i) => arena.read(indices)[i])).toEqual([7, 5]);
      arena.reset();
    }
  });

  it("goes through attention, from queries, keys and values", () => {
    for (const bits of PAYLOADS) {
      const tensor = (place: number) => {
        const data = noise(16, 7);
        if (place >= 0) new Int32Array(data.buffer)[place] = bits;
        return arena.put(data, [1, 4, 1, 4]);
      };
      const strided = (view: ReturnType<typeof tensor>) => ({ ...view, strides: [16, 4, 4, 1] });
      const options = { scale: 0.5, causal: false, queryOffset: 0, keyMask: null };
      for (const which of [0, 1, 2]) {
        const [q, k, v] = [0, 1, 2].map((i) => strided(tensor(i === which ? 5 : -1)));
        const out = strided(tensor(-1));
        const lse = arena.put(noise(4, 2));
        kernels.attention(out, null, lse, q!, k!, v!, options);
        const hit = Array.from({ length: 16 }, (_, i) =>
          which === 0 ? i >= 4 && i < 8 : which === 1 || i % 4 === 1,
        );
        expect(isNaNAt(out)).toEqual(hit);
      }
      arena.reset();
    }
  });
});
