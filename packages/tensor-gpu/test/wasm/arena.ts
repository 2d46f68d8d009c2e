import "../../src/all-backends";
import type { View } from "../../src/backend/view";
import { createWasmRuntime, type RuntimeOptions } from "../../src/wasm/runtime";

/** A runtime whose launches wait until its helpers are up, with views that are easy to make and easy to drop. */
export function createArena(options: RuntimeOptions, { waits = true } = {}) {
  const runtime = createWasmRuntime(options);
  const { heap, linear, launcher } = runtime;
  let taken: [number, number][] = [];
  const awaitHelpers = () => {
    if (runtime.threads === 1) return;
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 1000 && runtime.helpersReady() < runtime.threads - 1; i++)
      Atomics.wait(clock, 0, 0, 5);
  };
  if (waits) awaitHelpers();
  const view = (shape: number[], address: number, offset: number, dtype: View["dtype"]): View => {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const size = shape.reduce((a, b) => a * b, 1);
    return { storage: { handle: address }, offset, shape, strides, dtype, size };
  };
  return {
    ...runtime,
    get threads() {
      return runtime.threads;
    },
    /** A view of `data`, one element into a block of its own whose last elements are guards. */
    put(data: Float32Array | Int32Array, shape: number[] = [data.length]): View {
      const bytes = (data.length + 9) * 4;
      const address = heap.allocate(bytes);
      taken.push([address, bytes]);
      linear.ints.fill(0x7fc0_1234, address / 4, address / 4 + data.length + 9);
      const isFloat = data instanceof Float32Array;
      (isFloat ? linear.floats : linear.ints).set(data, address / 4 + 1);
      return view(shape, address, 1, isFloat ? "float32" : "int32");
    },
    /** The view's elements; throws if a guard beside them was overwritten. */
    read({ storage, offset, size, dtype }: View): Float32Array | Int32Array {
      const start = storage.handle / 4 + offset;
      const guards = [start - 1, ...Array.from({ length: 8 }, (_, i) => start + size + i)];
      if (guards.some((at) => linear.ints[at] !== 0x7fc0_1234))
        throw new Error("wrote out of bounds");
      return (dtype === "float32" ? linear.floats : linear.ints).slice(start, start + size);
    },
    reset() {
      for (const [address, bytes] of taken) heap.free(address, bytes);
      taken = [];
    },
    launcher,
  };
}

export type Arena = ReturnType<typeof createArena>;

/** Numbers in [−1, 1), always the same for a seed. */
export function noise(count: number, seed: number): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}
