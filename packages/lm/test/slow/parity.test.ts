import {
  createBlasBackend,
  createJsBackend,
  createWasmBackend,
  TensorError,
} from "@deepgrain/tensor-gpu";
import { beforeAll, describe, expect, it } from "vitest";
import { MODEL_NAMES, trainingLosses } from "../parity/training-losses";

/** Rounding that Adam passes on from step to step. */
const PARITY = { rtol: 2e-5, atol: 0 };

/** Why there is no BLAS here, or undefined where there is. */
async function whyMissing(): Promise<string | undefined> {
  try {
    await createBlasBackend({ threads: 1 }).dispose();
    return undefined;
  } catch (error) {
    if (TensorError.isInstance(error) && error.code === "ERR_BACKEND") return error.message;
    throw error;
  }
}

const missingBlas = await whyMissing();
const BACKENDS = {
  "wasm, one thread": () => createWasmBackend({ threads: 1 }),
  "wasm, two threads": () => createWasmBackend({ threads: 2 }),
  "wasm, one thread, plain build": () => createWasmBackend({ threads: 1, relaxed: false }),
  ...(missingBlas === undefined && {
    blas: () => createBlasBackend({ threads: 2, minimumWork: 1 }),
  }),
};

describe.each(MODEL_NAMES)("twenty training steps of a tiny %s", (name) => {
  let expected: number[];
  beforeAll(async () => {
    expected = await trainingLosses(createJsBackend, name);
  });

  it("lower the loss on js, the reference", () => {
    expect(expected).toHaveLength(20);
    expect(expected.at(-1)!).toBeLessThan(0.8 * expected[0]!);
  });

  it.each(Object.entries(BACKENDS))("give the same losses on %s", async (_, createBackend) => {
    expect(await trainingLosses(createBackend, name)).toBeAllclose(expected, PARITY);
  });

  if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
});
