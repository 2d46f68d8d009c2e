import { createGpuBackend } from "../../../../src";
import { describeBackend } from "../../../conformance/suite/describe-backend";

const backend = await createGpuBackend({ mode: "webgl2" });
const { readSync } = backend;
// Thousands of small reads: waiting for each without blocking would double the time.
const impatient = {
  ...backend,
  read: async (...[view]: Parameters<typeof backend.read>) => readSync!(view),
};

describeBackend(`gpu in Chromium, ${backend.mode} on ${backend.renderer}`, () => impatient);
