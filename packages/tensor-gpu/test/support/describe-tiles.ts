import { afterAll, describe } from "vitest";
import { createJsBackend } from "../../src/js";
import type { createWebGpuBackend } from "../../src/webgpu";
import { TILES, tileKey } from "../../src/webgpu/products/tiles";
import { type Agreement, createAgreement } from "../conformance/suite/agreement";
import { gemmCases } from "../conformance/suite/cases/gemm";
import { groupedGemmCases } from "../conformance/suite/cases/grouped-gemm";

/** Of the suite's tests the one that every tile takes. */
const EDGES = "gemm nn is right around tile edges";

/**
 * Products by each tile, beside the reference.
 *
 * @param every 1: each tile takes all tests; 11: every eleventh does, and the others that of tiles' edges
 */
export function describeTiles(
  backend: Awaited<ReturnType<typeof createWebGpuBackend>>,
  every: number,
): void {
  const reference = createJsBackend();
  afterAll(() => reference.dispose());
  for (const [i, tile] of TILES.entries())
    describe(`products by tiles of ${tileKey(tile)}`, () => {
      const whole = createAgreement(
        () => {
          backend.tiles.get = () => tile;
          return backend;
        },
        () => reference,
      );
      const agreement: Agreement = {
        ...whole,
        agrees(name, ...test) {
          if (i % every === 0 || name === EDGES) whole.agrees(name, ...test);
        },
      };
      gemmCases(agreement);
      groupedGemmCases(agreement);
    });
}
