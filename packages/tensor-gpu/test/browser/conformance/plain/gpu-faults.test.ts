import { describe, expect, it } from "vitest";
import { failTrainingStep } from "../../../faults/fail-training-step";
import { failingGpu } from "../../../faults/failing-gpu";

describe("a full memory on the GPU", () => {
  it("at any place of a training step leaves parameters and textures as they were", async () => {
    const failing = await failingGpu();
    const count = () => {
      const { textures, bytes } = failing.backend.memory();
      return { textures, textureBytes: bytes };
    };
    expect(await failTrainingStep(failing, { stride: 5, count })).toBeGreaterThan(50);
    expect(count().textures).toBe(0);
    await failing.backend.dispose();
  });
});
