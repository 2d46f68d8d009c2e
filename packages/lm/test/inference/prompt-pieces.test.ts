import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, createBatcher } from "../../src";
import { GenerationBatch } from "../../src/inference/generation-batch";
import { tinyLlama } from "../support/tiny-models";

const make = () =>
  new CausalLM(tinyLlama({ max_position_embeddings: 2048 }), { generator: new Generator(7) });

const prompt = (length: number) => Array.from({ length }, (_, i) => (i * 7 + 3) % 31);

beforeEach(() => void setBackend("wasm"));

describe("prompts in pieces", () => {
  it("let a short request wait at most two pieces beside a prompt of 1,500 tokens", async () => {
    const model = make();
    const batcher = createBatcher(model, { promptTokensPerStep: 256 });
    const long = batcher.generate({ prompt: prompt(1500), maxNewTokens: 2 });
    const begun = long.next();
    while ((await batcher.numbers()).promptTokens === 0)
      await new Promise((next) => setTimeout(next));
    const { steps } = await batcher.numbers();
    const short = batcher.generate({ prompt: prompt(20), maxNewTokens: 1 });
    await short.next();
    const numbers = await batcher.numbers();
    expect(numbers.steps - steps).toBeLessThanOrEqual(2);
    expect(numbers.promptTokens).toBeLessThan(1000); // the long one is far from its end
    await begun;
    await batcher.close();
    model.dispose();
  });

  it("let running continuations get a token per piece", async () => {
    const model = make();
    const batch = new GenerationBatch(model, { promptTokensPerStep: 100 });
    const first = batch.add({ prompt: prompt(3), maxNewTokens: 50 });
    await batch.step();
    const second = batch.add({ prompt: prompt(950), maxNewTokens: 5 });
    const seen: number[][] = [];
    while (!batch.isIdle) seen.push((await batch.step()).map(({ request }) => request));
    expect(seen.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => [first]));
    expect(seen[9]).toEqual([first, second]);
    batch.dispose();
    model.dispose();
  });
});
