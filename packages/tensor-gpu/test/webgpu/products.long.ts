import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, it } from "vitest";
import { createWebGpuBackend } from "../../src/webgpu";
import { describeTiles } from "../support/describe-tiles";

if (missingWebGpu === undefined) {
  const backend = await createWebGpuBackend({ device: await nodeDevice() });
  afterAll(() => backend.dispose());
  describeTiles(backend, 1);
} else {
  describe("products on WebGPU", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
  });
}
