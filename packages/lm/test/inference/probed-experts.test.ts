import { Generator } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { CausalLM, generate } from "../../src";
import { tinyDeepseek } from "../support/tiny-models";

/** The logits of each step of a text. */
async function logitsOf(model: CausalLM): Promise<number[][]> {
  const all: number[][] = [];
  const sampler = (logits: Float32Array): number => {
    all.push([...logits]);
    return 3;
  };
  for await (const _ of generate(model, [[1, 2]], { maxNewTokens: 5, eosTokenId: null, sampler }));
  return all;
}

describe("generation with a probe on the experts", () => {
  it("switches them off at every token, whether somebody looks on or not", async () => {
    const model = new CausalLM(tinyDeepseek(), { generator: new Generator(7) }).eval();
    const layers = [...model.moeLayers.values()];
    const firsts: number[] = [];
    const stop = layers[0]!.onRoute((event) => {
      const { ids } = event.dataSync();
      firsts.push(ids.at(-event.ids.shape[1]!)!);
    });
    const whole = await logitsOf(model);
    stop();
    expect(firsts).toHaveLength(whole.length);
    layers[0]!.probe = { without: [...new Set(firsts)] };
    const unobserved = await logitsOf(model);
    const stops = layers.map((layer) => layer.onRoute(() => {}));
    const observed = await logitsOf(model);
    for (const stop of stops) stop();
    expect(unobserved).toEqual(observed);
    for (const [i, row] of whole.entries()) expect(unobserved[i]).not.toEqual(row);
    model.dispose();
  });
});
