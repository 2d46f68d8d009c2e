import { attachLora } from "@deepgrain/lm";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { sft } from "../../src";
import { samplesOf } from "../support/sft";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => {
  setBackend("js");
});

describe("sft", () => {
  it("trains an adapter alone", async () => {
    const { tokenizer, samples } = await samplesOf();
    const model = tinyModel(3, tokenizer.vocabSize);
    const lora = attachLora(model, { rank: 2, generator: new Generator(4) });
    const before = await model.readWeight("model.layers.0.mlp.up_proj.weight");
    const losses: number[] = [];
    const config = { steps: 20, lr: 2e-2, sequenceLength: 32, padTokenId: 0, lora };
    for await (const event of sft(model, samples, config))
      if (event.type === "step-end") losses.push(event.loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(await model.readWeight("model.layers.0.mlp.up_proj.weight")).toEqual(before);
  });

  it("refuses no samples", async () => {
    const config = { steps: 1, lr: 1, sequenceLength: 8, padTokenId: 0 };
    await expect(sft(tinyModel(1), [], config).next()).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});
