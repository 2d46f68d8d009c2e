import { afterAll } from "vitest";
import { createGpuBackend } from "../../../../src";
import { describeGradients } from "../../../ops/describe-gradients";

const gpu = await createGpuBackend({ mode: "webgl2" });
afterAll(() => gpu.dispose());

describeGradients("gpu", gpu);
