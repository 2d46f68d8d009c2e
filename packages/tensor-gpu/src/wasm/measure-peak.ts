import { optionsOf } from "../errors";
import { more } from "./generated/more";
import { createWasmRuntime, type WasmOptions } from "./runtime";

/** Floating-point operations per item of the kernel `peak`. */
const ITEM_FLOPS = 96_000;
const ITEMS = 500;
/** Three vectors. */
const BUFFER_BYTES = 48;

/**
 * The machine's peak rate of 128-bit multiply-adds in WebAssembly, in GFLOP/s: twelve independent chains without
 * memory access, best of many short runs. A matrix product cannot be faster, which makes its rate comparable between
 * machines.
 *
 * @param given.milliseconds duration of the measurement, default 200
 * @param given.threads default as of `createWasmBackend`
 * @throws {TensorError} as `createWasmBackend`
 */
export async function measurePeak(
  given: Omit<WasmOptions, "module"> & { milliseconds?: number | undefined } = {},
): Promise<number> {
  const { milliseconds = 200, ...options } = optionsOf("measurePeak", given);
  const runtime = createWasmRuntime(options, "measurePeak");
  const { launcher, linear, heap, threads } = runtime;
  try {
    launcher.need(more);
    await runtime.awaitHelpers();
    const items = ITEMS * threads;
    const buffer = heap.allocate(BUFFER_BYTES);
    linear.floats.fill(0.5, buffer >>> 2, (buffer + BUFFER_BYTES) >>> 2);
    let least = Number.POSITIVE_INFINITY;
    const until = performance.now() + milliseconds;
    do {
      const start = performance.now();
      launcher.run("peak", [buffer], items, 1);
      least = Math.min(least, performance.now() - start);
    } while (performance.now() < until);
    return (items * ITEM_FLOPS) / (least * 1e6);
  } finally {
    await runtime.dispose();
  }
}
