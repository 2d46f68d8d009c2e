import { createGpuBackend } from "../../../../src";
import { describeGpuTraining } from "../../../parity/describe-gpu-training";

describeGpuTraining(await createGpuBackend({ mode: "webgl2" }));
