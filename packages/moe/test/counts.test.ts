import { memory, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import {
  countFlops,
  countParameters,
  estimateMemory,
  type ModelShape,
  publishedShapes,
} from "../src";
import { countCombinations } from "../src/count/count-combinations";
import { layerActivationBytes } from "../src/count/estimate-memory";
import { expectError, layerOf, normal, smallConfig } from "./support";

const shapes = publishedShapes;
const teraflops = (shape: ModelShape, length: number) => countFlops(shape, length) / 1e12;

/** The 2B validation models' shape with other feed-forward layers: experts of standard width times `width`. */
const validation = (topK: number, width: number): ModelShape => ({
  ...shapes["deepseek-moe-2b"],
  experts: { routed: 16, topK, shared: 0, size: ((8 * 1280) / 3) * width },
});

describe("countParameters", () => {
  it.each([
    ["deepseek-moe-16b", 16_375_728_128],
    ["deepseek-v2-lite", 15_706_484_224],
    ["deepseek-v2", 235_741_434_880],
    ["deepseek-llm-7b", 6_910_365_696],
    ["deepseek-llm-67b", 67_425_001_472],
  ] as const)("counts %s exactly", (name, total) => {
    expect(countParameters(shapes[name]).total).toBe(total);
  });

  it("gives the published activated parameters", () => {
    expect(countParameters(shapes["deepseek-moe-16b"]).activated).toBe(2_828_650_496);
    const withOneVocabulary = (name: keyof typeof shapes) => {
      const { activated, embeddings } = countParameters(shapes[name]);
      return (activated - embeddings / 2) / 1e9;
    };
    expect(withOneVocabulary("deepseek-v2-lite")).toBeCloseTo(2.451, 3);
    expect(withOneVocabulary("deepseek-v2")).toBeCloseTo(20.85, 2);
    expect(countParameters(shapes["deepseek-moe-145b"]).activated / 1e9).toBeCloseTo(22.2, 1);
    expect(countParameters(shapes["deepseek-moe-145b"]).total / 1e9).toBeCloseTo(144.6, 1);
  });

  it("gives the 1.89B expert parameters of the validation models, whatever the segmentation", () => {
    for (const shape of [validation(2, 1), shapes["deepseek-moe-2b"]]) {
      const { routedExperts, sharedExperts } = countParameters(shape);
      expect((routedExperts + sharedExperts) / 1e9).toBeCloseTo(1.89, 2);
    }
  });

  it("agrees with a layer's own tensors", () => {
    const layer = layerOf();
    const own = layer.parameters().reduce((sum, tensor) => sum + tensor.size, 0);
    const { routers, routedExperts, sharedExperts } = countParameters({
      ...shapes["deepseek-moe-2b"],
      layers: 1,
      hiddenSize: 6,
      experts: { routed: 5, topK: 2, shared: 1, size: 4 },
    });
    expect(routers + routedExperts + sharedExperts).toBe(own);
  });

  it("counts tied embeddings once", () => {
    const [tied, untied] = [true, false].map((isTied) =>
      countParameters({ ...shapes["deepseek-moe-2b"], isTied }),
    );
    expect(untied!.total - tied!.total).toBe(8000 * 1280);
  });
});

describe("countFlops", () => {
  it("reproduces the validation models' numbers at 2,048 tokens", () => {
    expect(teraflops(shapes["deepseek-moe-2b"], 2048)).toBeCloseTo(4.3295, 4);
    expect(teraflops(validation(2, 1), 2048)).toBeCloseTo(4.3295, 4);
    expect(teraflops(validation(1, 1), 2048)).toBeCloseTo(2.88, 2);
    expect(teraflops(validation(2, 1.5), 2048)).toBeCloseTo(5.78, 2);
    expect(teraflops(validation(16, 1), 2048)).toBeCloseTo(24.6, 1);
  });

  it("counts dense layers as mixtures of one expert", () => {
    const size = (8 * 1280) / 3;
    const dense = { ...shapes["deepseek-moe-2b"], denseSize: size, experts: null };
    expect(countFlops(dense, 2048)).toBe(countFlops(validation(1, 1), 2048));
  });

  it("reproduces the large models' numbers at 4,096 tokens", () => {
    // The papers' arithmetic takes the nominal width 8d/3 of a standard network and mixtures in every layer.
    const nominal16: ModelShape = {
      ...shapes["deepseek-moe-16b"],
      experts: { routed: 64, topK: 6, shared: 2, size: (8 * 2048) / 3 / 4 },
    };
    const nominal7: ModelShape = { ...shapes["deepseek-llm-7b"], denseSize: (8 * 4096) / 3 };
    const gshard137: ModelShape = {
      ...shapes["deepseek-moe-145b"],
      experts: { routed: 16, topK: 2, shared: 0, size: (8 * 4096) / 3 },
    };
    expect(teraflops(nominal16, 4096)).toBeCloseTo(74.42, 2);
    expect(teraflops(nominal7, 4096)).toBeCloseTo(183.5, 1);
    expect(teraflops(gshard137, 4096)).toBeCloseTo(572.7, 0);
    expect(teraflops(shapes["deepseek-moe-145b"], 4096)).toBeCloseTo(585.3, 1);
  });

  it("takes a third for the forward pass", () => {
    const whole = countFlops(shapes["deepseek-v2"], 100);
    expect(countFlops(shapes["deepseek-v2"], 100, { forwardOnly: true })).toBeCloseTo(
      whole / 3,
      -3,
    );
  });

  it("refuses an empty sequence", () => {
    expectError("ERR_RANGE", /sequenceLength/, () => countFlops(shapes["deepseek-v2"], 0));
  });
});

describe("countCombinations", () => {
  it("gives the paper's numbers", () => {
    expect(countCombinations(16, 2)).toBe(120n);
    expect(countCombinations(64, 8)).toBe(4_426_165_368n);
    expect(countCombinations(5, 0)).toBe(1n);
    expectError("ERR_RANGE", /topK/, () => countCombinations(2, 3));
  });
});

describe("layerActivationBytes", () => {
  it.each([
    {},
    { experts: 16, topK: 4, expertSize: 24, hiddenSize: 32, sharedExperts: 2 },
    { experts: 8, topK: 1, expertSize: 40, hiddenSize: 8, sharedExperts: 0 },
  ])("is what the tape holds for %o", (config) => {
    const sizes = { ...smallConfig, ...config };
    const layer = layerOf({ ...config, auxLossAlpha: 0 });
    const x = normal([128, sizes.hiddenSize]);
    const before = memory().bytes - 4 * x.size;
    const y = tidy(() => layer.forward(x));
    const held = memory().bytes - before - 4 * y.size;
    const estimate = layerActivationBytes(sizes, 128);
    expect([estimate]).toBeAllclose([held], { rtol: 0.02 });
  });
});

describe("estimateMemory", () => {
  const shape = shapes["deepseek-moe-2b"];
  const run = { batch: 2, sequenceLength: 64 };

  it("takes 16 bytes per parameter under AdamW, and activations in proportion to the batch", () => {
    const one = estimateMemory(shape, run);
    const two = estimateMemory(shape, { ...run, batch: 4 });
    const { total } = countParameters(shape);
    expect(one.parameters + one.gradients + one.optimizer).toBe(16 * total);
    expect(two.activations).toBe(2 * one.activations);
    expect(one.total).toBe(16 * total + one.activations);
    expect(estimateMemory(shape, { ...run, optimizerStates: 0 }).optimizer).toBe(0);
  });

  it("charges gradients and optimiser for trained experts only", () => {
    const trained = { experts: 5, sharedExperts: false, others: false };
    const { gradients, optimizer } = estimateMemory(shape, { ...run, trained });
    const { routedExperts } = countParameters(shape);
    expect(gradients).toBeCloseTo((4 * routedExperts * 5) / 63, 0);
    expect(optimizer).toBe(2 * gradients);
  });

  it("knows dense and latent-attention models", () => {
    for (const name of ["deepseek-llm-67b", "deepseek-v2"] as const)
      expect(estimateMemory(shapes[name], run).activations).toBeGreaterThan(0);
  });

  it("refuses what cannot be", () => {
    expectError("ERR_RANGE", /batch/, () => estimateMemory(shape, { ...run, batch: 0 }));
    expectError("ERR_RANGE", /trained.experts/, () =>
      estimateMemory(shape, { ...run, trained: { experts: 64 } }),
    );
    expectError("ERR_RANGE", /tokens/, () => layerActivationBytes(smallConfig, -1));
  });
});
