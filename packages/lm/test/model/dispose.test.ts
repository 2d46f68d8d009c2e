import { memory, setBackend } from "@deepgrain/tensor-gpu";
import { beforeAll, describe, expect, it } from "vitest";
import { CausalLM, train } from "../../src";
import { MODEL_NAMES, MODELS, VOCABULARY } from "../parity/training-losses";
import { countingData } from "../support/tiny-models";

const data = countingData(VOCABULARY);

beforeAll(() => {
  setBackend("wasm");
});

describe.each(MODEL_NAMES)("a %s that is disposed of leaves memory as it was", (name) => {
  it("once it was mounted", () => {
    const before = memory();
    new CausalLM(MODELS[name]()).dispose();
    expect(memory()).toEqual(before);
  });

  it("once it was mounted without weights and asked for their names", () => {
    const before = memory();
    const model = new CausalLM(MODELS[name](), { generator: null });
    expect(model.weightNames().length).toBeGreaterThan(10);
    model.dispose();
    expect(memory()).toEqual(before);
  });

  it("once it was trained, again and again", async () => {
    const before = memory();
    for (let round = 0; round < 2; round++) {
      const model = new CausalLM(MODELS[name]());
      for await (const _ of train(model, data, { steps: 3, lr: 1e-2 }));
      expect(memory().storages).toBeGreaterThan(before.storages);
      model.dispose();
      expect(memory()).toEqual(before);
    }
  });
});
