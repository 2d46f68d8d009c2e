import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { type Backend, createBlasBackend, createJsBackend } from "../../src";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import { backendOnRuntime } from "../../src/wasm/backend";
import { createWasmRuntime } from "../../src/wasm/runtime";
import { memoryOverTraining } from "../parity/memory-over-training";
import { MODEL_NAMES } from "../parity/training-losses";
import { missingBlas } from "../support/missing-blas";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Pages of a process come and go with its garbage collector and its compilers. */
const RSS_SLACK_BYTES = 24 * 2 ** 20;

interface Watched {
  create: () => Backend;
  count: () => Record<string, number>;
}

/** Counts the bytes in blocks, the borrowed ones included, and the size of the memory. */
function watchedWasm(threads: number): Watched {
  const runtime = createWasmRuntime({ threads });
  return {
    create: () => backendOnRuntime("wasm", runtime, assembleKernels(runtime.launcher)),
    count: () => ({ memoryBytes: runtime.linear.byteLength, liveBytes: runtime.heap.liveBytes }),
  };
}

const plain = (create: () => Backend): Watched => ({ create, count: () => ({}) });

const BACKENDS: Record<string, () => Watched> = {
  js: () => plain(createJsBackend),
  "wasm, one thread": () => watchedWasm(1),
  "wasm, two threads": () => watchedWasm(2),
  ...(missingBlas === undefined && {
    "blas, one thread": () => plain(() => createBlasBackend({ threads: 1, minimumWork: 1 })),
    "blas, two threads": () => plain(() => createBlasBackend({ threads: 2, minimumWork: 1 })),
  }),
};

describe.each(MODEL_NAMES)("200 training steps of a tiny %s", (name) => {
  it.each(Object.entries(BACKENDS))("leave memory as it was on %s", async (_, watch) => {
    const { create, count } = watch();
    let settledRss = 0;
    const counted = () => {
      if (settledRss === 0) {
        collectGarbage();
        settledRss = process.memoryUsage.rss();
      }
      return count();
    };
    const { inside, outside } = await memoryOverTraining(create, name, { count: counted });
    collectGarbage();
    expect(process.memoryUsage.rss() - settledRss).toBeLessThan(RSS_SLACK_BYTES);
    expect(inside.length).toBeGreaterThan(4);
    for (const report of inside) expect(report).toEqual(inside[0]);
    expect(inside[0]!.storages).toBeGreaterThan(outside[0].storages);
    expect(outside[1]).toEqual(outside[0]);
  });

  if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
});
