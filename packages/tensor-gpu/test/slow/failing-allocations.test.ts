import { describe, expect, it } from "vitest";
import { createBlasBackend, createJsBackend } from "../../src";
import { failTrainingStep } from "../faults/fail-training-step";
import { type FailingBackend, failingBackend, failingWasm } from "../faults/failing-allocations";
import { missingBlas } from "../support/missing-blas";

const FAILING: Record<string, () => FailingBackend> = {
  js: () => failingBackend(createJsBackend()),
  "wasm, one thread": () => failingWasm(1),
  "wasm, two threads": () => failingWasm(2),
  ...(missingBlas === undefined && {
    blas: () => failingBackend(createBlasBackend({ threads: 1, minimumWork: 1 })),
  }),
};

describe.each(Object.entries(FAILING))("an allocation that fails on %s", (_, create) => {
  it("at any place of a training step leaves parameters and memory as they were", async () => {
    const failing = create();
    expect(await failTrainingStep(failing)).toBeGreaterThan(100);
    await failing.backend.dispose();
  });
});

if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
