import { randn, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { estimateMemory, formatMemory, MoeLayer, watchLoad, withoutExperts } from "../src";

const newLayer = () => {
  const layer = new MoeLayer({ hiddenSize: 4, expertSize: 2, experts: 6, topK: 1 });
  layer.name = "first";
  return layer;
};

describe("watchLoad", () => {
  it("counts the choices of each evaluation, and names each dead expert once", async () => {
    const layer = newLayer();
    const watch = watchLoad([layer], { steps: 20 });
    expect(watch.deadAfter).toBe(2);
    const token = randn([1, 4]);
    const pass = (isTraining: boolean) => {
      layer.train(isTraining);
      tidy(() => void layer.forward(token));
    };
    const step = () => {
      pass(true);
      pass(false); // a sample that the model writes between step and evaluation
      return watch.endStep();
    };
    expect(await step()).toEqual([]);
    pass(false);
    pass(false);
    const [first] = await watch.endEvaluation();
    const died = [await step(), await step(), await step()];
    pass(false);
    const [second] = await watch.endEvaluation();
    const chosen = first!.counts.indexOf(2);
    const others = [0, 1, 2, 3, 4, 5].filter((expert) => expert !== chosen);
    const counts = (n: number) =>
      Array.from({ length: 6 }, (_, expert) => (expert === chosen ? n : 0));
    for (const [load, n] of [[first!, 2] as const, [second!, 1] as const]) {
      expect([...load.counts]).toEqual(counts(n));
      expect(load.maxVioGlobal).toBeCloseTo(5, 9);
    }
    expect(died).toEqual([[{ layer: "first", experts: others }], [], []]);
    expect(watch.report()[0]!.steps).toBe(4);
    watch.dispose();
  });
});

describe("withoutExperts", () => {
  it("lets no token choose the experts during the work, and restores the layer after an error too", async () => {
    const layer = newLayer();
    const layers = new Map([[3, layer]]);
    let used: number[] = [];
    layer.onRoute(({ ids }) => {
      used = Array.from(ids.dataSync() as Int32Array);
    });
    const tokens = randn([50, 4]);
    const pass = async () => tidy(() => void layer.forward(tokens));
    await pass();
    const switched = used[0]!;
    await withoutExperts(layers, new Map([[3, [switched]]]), pass);
    expect(used).not.toContain(switched);
    const fails = withoutExperts(layers, new Map([[3, [switched]]]), async () => {
      throw new Error("stopped");
    });
    await expect(fails).rejects.toThrow("stopped");
    await pass();
    expect(used).toContain(switched);
  });
});

describe("formatMemory", () => {
  const shape = {
    layers: 2,
    hiddenSize: 64,
    vocabulary: 1024,
    attention: { kind: "full", heads: 4, keyValueHeads: 4, headSize: 16 },
    denseSize: 128,
    experts: { routed: 8, topK: 2, shared: 1, size: 32, denseLayers: 1 },
  } as const;

  it("says what a step takes, part by part", () => {
    expect(formatMemory(estimateMemory(shape, { batch: 4, sequenceLength: 32 }))).toMatch(
      /^Memory for a training step: about [\d.]+ MiB \(weights [\d.]+ MiB, gradients [\d.]+ MiB, optimiser [\d.]+ MiB, activations [\d.]+ MiB\)\.$/,
    );
  });

  it("warns of more than a WebAssembly memory holds", () => {
    const memory = estimateMemory(shape, { batch: 4096, sequenceLength: 4096 });
    expect(formatMemory(memory)).toContain("more than the 4 GiB");
  });
});
