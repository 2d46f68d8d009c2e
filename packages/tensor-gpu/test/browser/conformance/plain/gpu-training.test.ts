import { createGpuBackend } from "../../../../src";
import { describeGpuTraining } from "../../../parity/describe-gpu-training";

const gpu = await createGpuBackend({ mode: "webgl2" });

describeGpuTraining(gpu, "the GPU, mode webgl2");
