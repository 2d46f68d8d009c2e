import { createGpuBackend } from "../../../../src/gpu";
import { describeBackend } from "../../../conformance/suite/describe-backend";

const backend = await createGpuBackend({ mode: "webgl2" });
describeBackend(`gpu in Chromium, ${backend.mode} on ${backend.renderer}`, () => backend);
