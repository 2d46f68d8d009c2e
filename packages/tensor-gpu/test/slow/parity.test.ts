import { beforeAll, describe, expect, it } from "vitest";
import { type Backend, createBlasBackend, createJsBackend, createWasmBackend } from "../../src";
import { MODEL_NAMES, PARITY, PARITY_STEPS, trainingLosses } from "../parity/training-losses";
import { missingBlas } from "../support/missing-blas";

const BACKENDS = {
  "wasm, one thread": () => createWasmBackend({ threads: 1 }),
  "wasm, two threads": () => createWasmBackend({ threads: 2 }),
  "wasm, one thread, plain build": () => createWasmBackend({ threads: 1, relaxed: false }),
  "wasm, two threads, plain build": () => createWasmBackend({ threads: 2, relaxed: false }),
  ...(missingBlas === undefined && {
    "blas, one thread": () => createBlasBackend({ threads: 1, minimumWork: 1 }),
    "blas, two threads": () => createBlasBackend({ threads: 2, minimumWork: 1 }),
  }),
};

describe.each(MODEL_NAMES)("twenty training steps of a tiny %s", (name) => {
  let expected: number[];
  beforeAll(async () => {
    expected = await trainingLosses(createJsBackend, name);
  });

  it("lower the loss on js, the reference", () => {
    expect(expected).toHaveLength(PARITY_STEPS);
    expect(expected.at(-1)!).toBeLessThan(0.8 * expected[0]!);
  });

  it.each(Object.entries(BACKENDS))("give the same losses on %s", async (_, createBackend) => {
    expect(await trainingLosses(createBackend, name)).toBeAllclose(expected, PARITY);
  });

  if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
});

/** Wide enough for kernels to be cut between threads. */
const WIDE = { width: 64, batch: 20, steps: 8 };

describe.each(MODEL_NAMES)("training steps of a wider %s", (name) => {
  const train = (create: () => Backend) => trainingLosses(create, name, WIDE);
  let expected: number[];
  beforeAll(async () => {
    expected = await train(() => createWasmBackend({ threads: 1 }));
  });

  it("give the same losses on wasm to the last bit, with any number of threads", async () => {
    for (const threads of [2, 3]) {
      const create = async () => {
        const backend = createWasmBackend({ threads });
        expect(await backend.threadsReady()).toBe(threads);
        return backend;
      };
      expect(await trainingLosses(create, name, WIDE)).toEqual(expected);
    }
  });

  it.each(Object.entries(BACKENDS))("give the same losses on %s", async (_, createBackend) => {
    expect(await train(createBackend)).toBeAllclose(expected, PARITY);
  });
});
