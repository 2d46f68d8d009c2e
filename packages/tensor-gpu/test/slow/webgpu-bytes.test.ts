import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { describe, expect, it } from "vitest";
import * as dg from "../../src";
import { createWebGpuBackend } from "../../src/webgpu";
import { tinyLlama } from "../parity/tiny-llama";
import { disposeAll, trainStep } from "../parity/training-losses";

const FLOAT_BYTES = 4;
/** Reads and writes of an element by AdamW in a kernel for each result: of a mean, a square, a parameter. */
const ADAMW_TOUCHES = 3 + 3 + 4;

/**
 * A backend that counts what its products and optimisers would read and write if a kernel computed each cell of a result
 * from memory, as on gpu.js in mode webgpu. The other kernels are left out, so that is a lower bound.
 */
function countingCells(backend: dg.Backend) {
  const { kernels } = backend;
  const cells = { bytes: 0 };
  const counting: typeof kernels = {
    ...kernels,
    gemm(c, a, b, shape) {
      const { m, n, k, batch0, batch1, accumulate } = shape;
      const touches = 2 * k + (accumulate ? 2 : 1);
      cells.bytes += FLOAT_BYTES * batch0 * batch1 * m * n * touches;
      kernels.gemm(c, a, b, shape);
    },
    adamw(...given) {
      const [, m] = given;
      cells.bytes += FLOAT_BYTES * ADAMW_TOUCHES * m.size;
      kernels.adamw(...given);
    },
  };
  return { backend: { ...backend, kernels: counting }, cells };
}

async function compareBytes(): Promise<void> {
  const before = dg.getBackend();
  const device = await nodeDevice();
  const webgpu = await createWebGpuBackend({ device });
  const { backend, cells } = countingCells(webgpu);
  dg.setBackend(backend);
  const model = tinyLlama(128, 4, 4);
  const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
  trainStep(model, adamw, 0).dispose();
  webgpu.counts();
  cells.bytes = 0;
  trainStep(model, adamw, 1).dispose();
  const { bytesRead, bytesWritten } = webgpu.counts();
  expect(bytesRead + bytesWritten).toBeLessThanOrEqual(cells.bytes / 8);
  disposeAll(model, adamw);
  dg.setBackend(before);
  await webgpu.dispose();
  device.destroy();
}

describe("the bytes of a Llama's step on WebGPU", () => {
  if (missingWebGpu === undefined)
    it("are at most an eighth of those of a kernel per cell", compareBytes);
  else it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
});
