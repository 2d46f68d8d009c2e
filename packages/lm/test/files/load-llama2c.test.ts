import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { loadLlama2c } from "../../src";

describe("loadLlama2c", () => {
  it("refuses bytes that are not a checkpoint", async () => {
    await expect(loadLlama2c(new Uint8Array(40))).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });

  it.skipIf(sharedIsMissing)("fills every weight of stories260K", async () => {
    const model = await loadLlama2c(shared("data/models/stories260K/stories260K.bin"));
    expect(model.config).toMatchObject({
      modelType: "llama",
      hiddenSize: 64,
      tieWordEmbeddings: true,
    });
    for (const name of model.weightNames()) {
      const { data } = await model.readWeight(name);
      expect(data.every(Number.isFinite), name).toBe(true);
      expect(
        data.some((x) => x !== 0),
        name,
      ).toBe(true);
    }
    model.dispose();
  });
});
