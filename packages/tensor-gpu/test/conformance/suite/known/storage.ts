import { expect, it } from "vitest";
import type { Bench } from "./bench";

/** Memory: what goes up comes back. */
export function storageFacts(bench: Bench): void {
  const { backend, empty } = bench;

  it("reads back what was uploaded, each type in its own kind of array", async () => {
    const values = [0, 1, -2.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-40];
    const floats = await backend.read(bench.floats([6], values));
    expect(floats).toEqual(Float32Array.from(values));
    const ints = await backend.read(bench.ints([3], [2 ** 31 - 1, -(2 ** 31), 7]));
    expect(ints).toEqual(Int32Array.of(2 ** 31 - 1, -(2 ** 31), 7));
    expect(await backend.read(bench.bools([3], [0, 1, 1]))).toEqual(Int32Array.of(0, 1, 1));
  });

  it("uploads from typed arrays and reads parts", async () => {
    const view = empty([2, 3]);
    backend.upload(view, Float32Array.of(1, 2, 3, 4, 5, 6));
    const row = { ...view, offset: 3, shape: [3], strides: [1], size: 3 };
    expect(await bench.read(row)).toEqual([4, 5, 6]);
    backend.upload(row, [7, 8, 9]);
    expect(await bench.read(view)).toEqual([1, 2, 3, 7, 8, 9]);
  });

  it("hands out copies that own their memory", async () => {
    const view = bench.floats([2], [1, 2]);
    bench.kernels.copy(view, bench.floats([2], [1, 2]));
    const read = await backend.read(view);
    for (const one of [read, backend.readSync?.(view) ?? read])
      expect(one.buffer.byteLength).toBe(8);
    backend.upload(view, [3, 4]);
    expect(Array.from(read)).toEqual([1, 2]);
    read[0] = 5;
    expect(await bench.read(view)).toEqual([3, 4]);
  });

  it("reads at once where it says that it can", async () => {
    const view = bench.floats([3], [1, 2, 3]);
    expect(backend.readSync?.(view) ?? (await backend.read(view))).toEqual(
      Float32Array.of(1, 2, 3),
    );
  });

  it("keeps blocks apart, through freeing and reuse", async () => {
    const sizes = [1, 3, 16, 17, 1000, 5];
    const views = sizes.map((n, i) => bench.floats([n], new Array(n).fill(i)));
    backend.free(views[2]!.storage.handle, views[2]!.size * 4);
    backend.free(views[4]!.storage.handle, views[4]!.size * 4);
    const later = [40, 16, 1000].map((n, i) => bench.floats([n], new Array(n).fill(10 + i)));
    for (const i of [0, 1, 3, 5])
      expect(new Set(await bench.read(views[i]!))).toEqual(new Set([i]));
    for (const [i, view] of later.entries())
      expect(new Set(await bench.read(view))).toEqual(new Set([10 + i]));
  });

  it("survives growth with its contents", async () => {
    const small = bench.floats([3], [1, 2, 3]);
    const large = empty([8_000_000]);
    bench.kernels.fill(large, 4);
    const last = { ...large, offset: 7_999_999, shape: [1], size: 1 };
    expect(await bench.read(last)).toEqual([4]);
    expect(await bench.read(small)).toEqual([1, 2, 3]);
    backend.free(large.storage.handle, large.size * 4);
  });

  it("reserves, fills, reads and frees nothing", async () => {
    const nothing = empty([0, 3]);
    backend.upload(nothing, []);
    expect(await backend.read(nothing)).toEqual(new Float32Array(0));
    backend.free(nothing.storage.handle, 0);
  });
}
