import { createWebGpuBackend } from "../../../../src/webgpu";
import { MISSING } from "../../../../src/webgpu/bind-kernels";
import { describeBackend } from "../../../conformance/suite/describe-backend";

const backend = await createWebGpuBackend({ allowSoftware: true });

/** All cases run in Node: see test/slow/webgpu-conformance.test.ts. */
describeBackend(`webgpu in Chromium, ${backend.adapter}`, () => backend, {
  lacks: MISSING,
  share: 0.1,
});
