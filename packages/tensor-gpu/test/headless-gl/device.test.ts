import { describe, it } from "vitest";
import { describeGpuDevice } from "../gpu/describe-gpu-device";
import { missingHeadlessGl } from "../support/missing-headless-gl";

if (missingHeadlessGl === undefined) {
  describeGpuDevice("headlessgl", /llvmpipe|softpipe/);
} else {
  describe("gpu in mode headlessgl", () => {
    it.skip(`SKIPPED, only .ci/headless-gl can test it: ${missingHeadlessGl}`, () => {});
  });
}
