import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { describe, it } from "vitest";
import { createWebGpuBackend } from "../../src/webgpu";
import { MISSING } from "../../src/webgpu/bind-kernels";
import { describeBackend } from "../conformance/suite/describe-backend";

if (missingWebGpu === undefined) {
  const backend = await createWebGpuBackend({ device: await nodeDevice() });
  describeBackend(`webgpu in Node, ${backend.adapter}`, () => backend, {
    lacks: MISSING,
  });
} else {
  describe("backend webgpu", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
  });
}
