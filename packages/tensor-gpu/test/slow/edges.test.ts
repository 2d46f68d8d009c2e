import { afterAll, describe, it } from "vitest";
import { type Backend, createBlasBackend, createJsBackend, createWasmBackend } from "../../src";
import { createAgreement } from "../conformance/suite/agreement";
import { largeEdgeCases } from "../conformance/suite/cases/edges";
import { missingBlas } from "../support/missing-blas";
import { withAllKernels } from "../support/with-all-kernels";

const BACKENDS: Record<string, () => Backend> = {
  "wasm, one thread": () => createWasmBackend({ threads: 1 }),
  "wasm, two threads, plain build": () => createWasmBackend({ threads: 2, relaxed: false }),
  "wasm, three threads": () => createWasmBackend({ threads: 3 }),
  ...(missingBlas === undefined && {
    "blas, two threads": () => createBlasBackend({ threads: 2, minimumWork: 1 }),
  }),
};

describe.each(Object.entries(BACKENDS))("sizes around edges on %s", (_, create) => {
  const [backend, reference] = [withAllKernels(create()), createJsBackend()];
  afterAll(() => Promise.all([backend.dispose(), reference.dispose()]));
  largeEdgeCases(
    createAgreement(
      () => backend,
      () => reference,
    ),
  );
});

if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
