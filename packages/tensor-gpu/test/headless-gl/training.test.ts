import { describe, it } from "vitest";
import { createGpuBackend } from "../../src";
import { describeGpuTraining } from "../parity/describe-gpu-training";
import { missingHeadlessGl } from "../support/missing-headless-gl";

if (missingHeadlessGl === undefined) {
  describeGpuTraining(await createGpuBackend({ mode: "headlessgl" }), "the GPU, mode headlessgl");
} else {
  describe("training on the GPU, mode headlessgl", () => {
    it.skip(`SKIPPED, only .ci/headless-gl can test it: ${missingHeadlessGl}`, () => {});
  });
}
