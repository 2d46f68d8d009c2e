import { describe, it } from "vitest";
import { createGpuBackend } from "../../src";
import { describeBackend } from "../conformance/suite/describe-backend";
import { missingHeadlessGl } from "../support/missing-headless-gl";

if (missingHeadlessGl === undefined) {
  const backend = await createGpuBackend({ mode: "headlessgl" });
  describeBackend(`gpu in Node, ${backend.mode} on ${backend.renderer}`, () => backend);
} else {
  describe("backend gpu in Node", () => {
    it.skip(`SKIPPED, only .ci/headless-gl can test it: ${missingHeadlessGl}`, () => {});
  });
}
