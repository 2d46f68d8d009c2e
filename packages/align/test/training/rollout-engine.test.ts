import { attachLora, type CausalLM, LmError } from "@deepgrain/lm";
import { Generator, noGrad, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { type RolloutEngine, sampleAnswers } from "../../src";
import { generateEngine } from "../../src/training/rollout-engine";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => setBackend("js"));

const prompts = [[1, 2], [3], [4, 5, 6]];
const cold = { maxNewTokens: 5, temperature: 1e-6, eosTokenIds: [], seed: [1] };

/** The likeliest tokens by whole forward passes. */
async function modelAnswers(model: CausalLM): Promise<number[][]> {
  model.eval();
  const answers: number[][] = [];
  for (const prompt of prompts) {
    const ids = [...prompt];
    for (let i = 0; i < 5; i++) {
      const logits = noGrad(() => model.forward({ ids, batch: 1, length: ids.length }));
      const last = (await logits.data()).slice(-12);
      ids.push(last.indexOf(Math.max(...last)));
    }
    answers.push(ids.slice(prompt.length));
  }
  return answers;
}

describe("generateEngine", () => {
  it("continues prompts of several lengths in one batch as it would one by one", async () => {
    const model = tinyModel(3, 12);
    const together = await generateEngine()(model, prompts, cold);
    const apart = await generateEngine({ maxRows: 1 })(model, prompts, cold);
    expect(together).toEqual(apart);
    expect(together.map(({ length }) => length)).toEqual([5, 5, 5]);
  });

  it("samples from the model with its factors, not from the base", async () => {
    const model = tinyModel(3, 12);
    const before = await generateEngine()(model, prompts, cold);
    const lora = attachLora(model, { rank: 2, generator: new Generator(4) });
    expect(await generateEngine()(model, prompts, cold)).toEqual(before);
    for (const factor of lora.parameters()) factor.set(new Float32Array(factor.size).fill(0.5));
    const wanted = await modelAnswers(model);
    expect(await generateEngine()(model, prompts, cold)).toEqual(wanted);
    expect(wanted).not.toEqual(before);
  });
});

describe("sampleAnswers with an engine", () => {
  it("asks once for all answers and marks those that ended", async () => {
    const calls: number[][][] = [];
    const engine: RolloutEngine = async (_, asked, { eosTokenIds }) => {
      calls.push(asked.map((ids) => [...ids]));
      return asked.map((ids, i) => (i % 2 ? [8] : [7, eosTokenIds[0]!, ...ids.slice(0, 0)]));
    };
    const options = { groupSize: 2, maxNewTokens: 3, eosTokenId: 9, engine };
    const answers = await sampleAnswers(tinyModel(3, 12), prompts, options);
    expect(calls).toEqual([[[1, 2], [1, 2], [3], [3], [4, 5, 6], [4, 5, 6]]]);
    expect(answers.map(({ prompt, isComplete }) => [prompt, isComplete])).toEqual(
      [0, 1, 2].flatMap((prompt) => [
        [prompt, true],
        [prompt, false],
      ]),
    );
  });

  it("refuses an engine that loses a continuation", async () => {
    const engine: RolloutEngine = async () => [[1]];
    await expect(sampleAnswers(tinyModel(3, 12), prompts, { engine })).rejects.toMatchObject({
      code: "ERR_SHAPE",
    });
  });

  it("names the first tensor of a model that has become NaN; other errors of an engine stay as they are", async () => {
    const model = tinyModel(3, 12);
    const broken: RolloutEngine = async () => {
      throw new LmError("ERR_RANGE", "no room");
    };
    await expect(sampleAnswers(model, prompts, { engine: broken })).rejects.toThrow("no room");
    const name = "model.layers.0.mlp.down_proj.weight";
    const { data } = await model.readWeight(name);
    model.writeWeight(
      name,
      data.map(() => Number.NaN),
    );
    await expect(sampleAnswers(model, prompts, { maxNewTokens: 2 })).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
      fields: { tensor: "layers.0 mlpOutput" },
    });
  });
});
