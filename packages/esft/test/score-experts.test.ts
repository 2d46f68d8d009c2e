import { type MoeConfig, MoeLayer, topKGate } from "@deepgrain/moe";
import { Generator, memory, noGrad, randn, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deadExperts,
  layoutFromConfig,
  scoreBlocks,
  scoreExperts,
  scoreRouters,
  scoresFromTotals,
  selectExperts,
} from "../src";
import type { GateScoreOptions } from "../src/scoring/expert-scores";
import { addRoute, createLayerTotals } from "../src/scoring/layer-totals";
import { collect } from "./support/collect";
import { TinyModel } from "./support/tiny-model";

const samples = [[[1, 2, 3, 4]], [[5, 6, 7]], [[8, 9, 10, 11, 12]]];
const run = (model: TinyModel) => (sample: number[][]) => model.hidden(sample);
const codeOf = (error: unknown) => (error as { code?: string }).code;

describe("addRoute and scoresFromTotals", () => {
  it("follow the paper's formulas on two sequences of different length", () => {
    const totals = createLayerTotals(3, 4);
    addRoute(totals, { topK: 2, ids: [0, 1, 0, 2], weights: [0.5, 0.2, 0.4, 0.3] });
    addRoute(totals, { topK: 2, ids: [3, 0], weights: [0.6, 0.1] });
    const pooled = scoresFromTotals([totals]);
    expect(pooled.token.get(3)!).toBeAllclose([3 / 6, 1 / 6, 1 / 6, 1 / 6]);
    expect(pooled.gate!.get(3)!).toBeAllclose([1 / 3, 0.2 / 3, 0.1, 0.2]);
    const mean = scoresFromTotals([totals], { average: "sequences" });
    expect(mean.token.get(3)!).toBeAllclose([0.5, 0.125, 0.125, 0.25]);
    expect(mean.gate!.get(3)!).toBeAllclose([0.275, 0.05, 0.075, 0.3]);
    expect(deadExperts(pooled).size).toBe(0);
  });

  it("leave hidden tokens out, and completely hidden sequences", () => {
    const totals = createLayerTotals(0, 3);
    addRoute(totals, {
      topK: 1,
      sequences: 3,
      ids: [-1, 0, 1, 2, -1, -1],
      weights: [0, 0.5, 0.25, 0.75, 0, 0],
    });
    expect([totals.tokens, totals.sequences]).toEqual([3, 2]);
    const { token } = scoresFromTotals([totals], { average: "sequences" });
    expect(token.get(0)!).toBeAllclose([0.5, 0.25, 0.25]);
  });

  it("make token scores of a layer sum to 1, by either average", () => {
    const token = fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 2, maxLength: 2 });
    const sequence = fc.array(token, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 5 }), (sequences) => {
        const totals = createLayerTotals(0, 6);
        for (const tokens of sequences)
          addRoute(totals, { topK: 2, ids: tokens.flat(), weights: tokens.flat().map(() => 0.5) });
        for (const average of ["pooled", "sequences"] as const) {
          const { token, gate } = scoresFromTotals([totals], { average });
          const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
          expect(sum(token.get(0)!)).toBeCloseTo(1, 10);
          expect(gate!.get(0)!).toBeAllclose(token.get(0)!, { rtol: 1e-12 });
        }
      }),
    );
  });

  it.each([
    [{ topK: 2, ids: [0, 4], weights: [1, 1] }, "ERR_RANGE", /expert 4, but experts are 0 to 3/],
    [{ topK: 2, ids: [1, 1], weights: [1, 1] }, "ERR_RANGE", /chose expert 1 twice/],
    [{ topK: 2, ids: [0, 1], weights: [1, Number.NaN] }, "ERR_NOT_FINITE", /expert 1 is NaN/],
    [{ topK: 1, ids: [0], weights: [-1] }, "ERR_RANGE", /at least 0, got -1/],
    [{ topK: 2, ids: [0, 1, 2], weights: [1, 1, 1] }, "ERR_SHAPE", /\[tokens, 2\]/],
    [{ topK: 1, ids: [0, 1], weights: [1] }, "ERR_SHAPE", /got 2 and 1 numbers/],
    [{ topK: 5, ids: [], weights: [] }, "ERR_RANGE", /topK must be from 1 to 4/],
    [{ topK: 1, ids: [0, 1, 2], weights: [1, 1, 1], sequences: 2 }, "ERR_SHAPE", /2 sequences/],
  ])("refuse %o and keep the sums", (route, code, message) => {
    const totals = createLayerTotals(7, 4);
    expect(() => addRoute(totals, route)).toThrow(message);
    expect(() => addRoute(totals, route)).toThrow(expect.objectContaining({ code }));
    expect(totals).toEqual(createLayerTotals(7, 4));
    expect(() => scoresFromTotals([totals])).toThrow(/layer 7 routed no token/);
    expect(() => createLayerTotals(0, 0)).toThrow(/at least 1 expert/);
  });
});

describe("scoreExperts", () => {
  it("reports each sample and ends with what the routers chose", async () => {
    const model = new TinyModel();
    const { events, result } = await collect(scoreExperts(model, samples, { run: run(model) }));
    expect(events.map((event) => event.type)).toEqual([
      "sample-end",
      "sample-end",
      "sample-end",
      "score-end",
    ]);
    expect(events[1]).toMatchObject({ samples: 2, tokens: 7, nSampleTokens: 131072 });
    expect(events[3]).toMatchObject({ scores: result, samples: 3, tokens: 12, isExhausted: true });
    expect([...result.token.keys()]).toEqual([1, 2]);
    const wanted = createLayerTotals(1, 5);
    const stop = model.moeLayers.get(1)!.onRoute((event) => {
      addRoute(wanted, { ...event.dataSync(), topK: 2 });
    });
    for (const sample of samples) noGrad(() => tidy(() => void model.hidden(sample)));
    stop();
    expect(result.token.get(1)).toEqual(scoresFromTotals([wanted]).token.get(1));
    model.dispose();
  });

  it("stops at the token budget", async () => {
    const model = new TinyModel();
    const { events } = await collect(
      scoreExperts(model, samples, { run: run(model), nSampleTokens: 6 }),
    );
    expect(events.at(-1)).toMatchObject({ samples: 2, tokens: 7, isExhausted: false });
    model.dispose();
  });

  it("scores in evaluation mode, leaves nothing behind and takes passes that wait", async () => {
    const model = new TinyModel();
    const before = memory().bytes;
    const modes: boolean[] = [];
    const { result } = await collect(
      scoreExperts(model, samples, {
        run: async (sample) => {
          modes.push(model.training);
          model.hidden(sample);
          await Promise.resolve();
        },
      }),
    );
    expect(modes).toEqual([false, false, false]);
    expect(model.training).toBe(true);
    expect(memory().bytes).toBe(before);
    const again = await collect(scoreExperts(model, samples, { run: run(model) }));
    expect(again.result).toEqual(result);
    model.dispose();
  });

  it("counts batches as their sequences", async () => {
    const model = new TinyModel();
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const options = { run: run(model), average: "sequences" } as const;
    const batch = await collect(scoreExperts(model, [rows], options));
    const single = await collect(scoreExperts(model, [[rows[0]!], [rows[1]!]], options));
    expect(batch.result.token.get(2)!).toBeAllclose(single.result.token.get(2)!, { atol: 1e-12 });
    expect(batch.result.gate!.get(2)!).toBeAllclose(single.result.gate!.get(2)!, { atol: 1e-6 });
    model.dispose();
  });

  it("stops listening and goes back to training when aborted", async () => {
    const model = new TinyModel();
    const controller = new AbortController();
    const scoring = scoreExperts(model, samples, { run: run(model), signal: controller.signal });
    await scoring.next();
    controller.abort(new Error("enough"));
    await expect(scoring.next()).rejects.toThrow("enough");
    expect(model.training).toBe(true);
    model.dispose();
  });

  it("says what is wrong when nothing can be scored", async () => {
    const model = new TinyModel();
    const score = (input: number[][][], options: object = {}) =>
      collect(scoreExperts(model, input, { run: run(model), ...options }));
    await expect(score([])).rejects.toThrow(/there are no samples/);
    await expect(score(samples, { run: () => undefined })).rejects.toThrow(
      /layer 1 routed no token; .*must pass through the complete model/,
    );
    await expect(score(samples, { nSampleTokens: 0 })).rejects.toThrow(/at least 1, got 0/);
    await expect(
      collect(scoreExperts({ moeLayers: new Map() }, samples, { run: run(model) })),
    ).rejects.toThrow(/no mixture-of-experts layer/);
    model.embedTokens.weight.set(new Float32Array(13 * 6).fill(Number.NaN));
    const error = await score(samples).catch((cause: unknown) => cause);
    expect(codeOf(error)).toBe("ERR_NOT_FINITE");
    model.dispose();
  });
});

describe("scoreRouters", () => {
  const layout = layoutFromConfig({
    model_type: "deepseek",
    hidden_size: 6,
    moe_intermediate_size: 4,
    num_hidden_layers: 3,
    n_routed_experts: 5,
    n_shared_experts: 1,
    num_experts_per_tok: 2,
    first_k_dense_replace: 1,
  });

  async function routerInputs(model: TinyModel) {
    const inputs = new Map<number, { hidden: Float32Array; sequences: number }[]>([
      [1, []],
      [2, []],
    ]);
    for (const [layer, list] of inputs) {
      const moe = model.moeLayers.get(layer)!;
      moe.forward = function forward(x: Tensor) {
        list.push({ hidden: x.dataSync() as Float32Array, sequences: x.shape[0]! });
        return MoeLayer.prototype.forward.call(this, x);
      };
    }
    for (const sample of samples) noGrad(() => tidy(() => void model.hidden(sample)));
    for (const layer of inputs.keys())
      Reflect.deleteProperty(model.moeLayers.get(layer)!, "forward");
    return inputs;
  }

  it("gives the same scores as the complete model, from one router at a time", async () => {
    const model = new TinyModel();
    const inputs = await routerInputs(model);
    const readNames: string[] = [];
    const tensors = {
      has: (name: string) => model.weightNames().includes(name),
      readFloat32: (name: string) => {
        readNames.push(name);
        return model.readWeight(name);
      },
    };
    const { events, result } = await collect(
      scoreRouters(layout, tensors, {
        gate: topKGate,
        routerInputs: (layer) => inputs.get(layer)!,
      }),
    );
    const whole = await collect(scoreExperts(model, samples, { run: run(model) }));
    for (const layer of [1, 2]) {
      expect(result.token.get(layer)!).toBeAllclose(whole.result.token.get(layer)!, {
        atol: 1e-12,
      });
      expect(result.gate!.get(layer)!).toBeAllclose(whole.result.gate!.get(layer)!, { atol: 1e-6 });
    }
    expect(readNames).toEqual(["model.layers.1.mlp.gate.weight", "model.layers.2.mlp.gate.weight"]);
    expect(events).toMatchObject([
      { type: "layer-end", layer: 1, layersDone: 1, layers: 2, tokens: 12 },
      { type: "layer-end", layer: 2, layersDone: 2, layers: 2, tokens: 12 },
      { type: "score-end" },
    ]);
    model.dispose();
  });

  it("names the router that is missing or has another shape, and inputs of another width", async () => {
    const score = (has: boolean, shape: number[], hidden = 6) =>
      collect(
        scoreRouters(
          layout,
          {
            has: () => has,
            readFloat32: async () => ({ shape, data: new Float32Array(shape[0]! * shape[1]!) }),
          },
          { gate: topKGate, routerInputs: () => [{ hidden: new Float32Array(hidden) }] },
        ),
      );
    await expect(score(false, [5, 6])).rejects.toThrow(/must hold model.layers.1.mlp.gate.weight/);
    await expect(score(true, [5, 7])).rejects.toThrow(/shape \[5, 6\], got \[5, 7\]/);
    await expect(score(true, [5, 6], 7)).rejects.toThrow(/\[tokens, 6\], got 7 numbers/);
  });
});

describe("scoreBlocks", () => {
  const embed = (model: TinyModel, sample: number[][]) =>
    tidy(() => {
      const ids = tensor(Int32Array.from(sample.flat()), { shape: [1, sample.flat().length] });
      const x = model.embedTokens.forward(ids);
      return { shape: x.shape, data: x.dataSync() as Float32Array };
    });

  /** Blocks of a model, with a list of those that are open. */
  function blocksOf(model: TinyModel) {
    const open: number[] = [];
    const openBlock = (block: number) => {
      open.push(block);
      return {
        moe: model.layers[block]!.mlp,
        forward: (hidden: Tensor) => model.layers[block]!.forward(hidden),
        dispose: () => void open.pop(),
      };
    };
    return { open, blocks: 3, openBlock };
  }

  it("gives the same scores with one block in memory at a time", async () => {
    const model = new TinyModel();
    const { open, ...blocks } = blocksOf(model);
    const embedded = samples.map((sample) => embed(model, sample));
    const copies = embedded.map(({ data }) => data.slice());
    const before = memory().bytes;
    const { events, result } = await collect(scoreBlocks(embedded, blocks));
    const whole = await collect(scoreExperts(model, samples, { run: run(model) }));
    expect(result).toEqual(whole.result);
    expect(events.map((event) => event.type)).toEqual(["layer-end", "layer-end", "score-end"]);
    expect(open).toEqual([]);
    expect(memory().bytes).toBe(before);
    expect(embedded.map(({ data }) => data)).toEqual(copies);
    model.dispose();
  });

  it("stops taking samples at the token budget, as the complete model does", async () => {
    const model = new TinyModel();
    let taken = 0;
    async function* embedded() {
      for (const sample of samples) {
        taken++;
        yield embed(model, sample);
      }
    }
    const options = { nSampleTokens: 6, average: "sequences" } as const;
    const { open: _, ...blocks } = blocksOf(model);
    const { result } = await collect(scoreBlocks(embedded(), { ...blocks, ...options }));
    const whole = await collect(scoreExperts(model, samples, { run: run(model), ...options }));
    expect(taken).toBe(2);
    expect(result).toEqual(whole.result);
    model.dispose();
  });

  it("closes its block when it is aborted, and says when there is nothing to score", async () => {
    const model = new TinyModel();
    model.eval();
    const { open, ...blocks } = blocksOf(model);
    const embedded = samples.map((sample) => embed(model, sample));
    const before = memory().bytes;
    const controller = new AbortController();
    const { signal } = controller;
    const record = () => controller.abort(new Error("enough"));
    await expect(collect(scoreBlocks(embedded, { ...blocks, record, signal }))).rejects.toThrow(
      "enough",
    );
    expect(open).toEqual([]);
    expect(memory().bytes).toBe(before);
    await expect(collect(scoreBlocks([], blocks))).rejects.toThrow(/no samples/);
    await expect(collect(scoreBlocks(embedded, { ...blocks, nSampleTokens: 0 }))).rejects.toThrow(
      /nSampleTokens must be at least 1, got 0/,
    );
    await expect(collect(scoreBlocks(embedded, { ...blocks, blocks: 1 }))).rejects.toThrow(
      /no block has a mixture-of-experts layer/,
    );
    model.dispose();
  });
});

describe("routed_scaling_factor", () => {
  const newLayer = (scale: number, changes: Partial<MoeConfig> = {}) =>
    new MoeLayer({
      hiddenSize: 8,
      expertSize: 4,
      experts: 16,
      topK: 6,
      method: "greedy" as const,
      scale,
      family: "deepseek_v2" as const,
      generator: new Generator(2),
      ...changes,
    }).eval();
  const scored = async (layer: MoeLayer, options: GateScoreOptions = {}) => {
    const model = { moeLayers: new Map([[1, layer]]) };
    const x = randn([40, 8], { generator: new Generator(5) });
    const own = { run: () => layer.forward(x), ...options };
    return (await collect(scoreExperts(model, [0], own))).result;
  };

  it("is not a part of gate scores, so that p = 1 chooses all experts in use", async () => {
    const [plain, scaled] = [newLayer(1), newLayer(16)];
    const [scores, base] = [await scored(scaled), await scored(plain)];
    expect(scores.gate!.get(1)!).toBeAllclose(base.gate!.get(1)!, { rtol: 1e-6, atol: 0 });
    const { config } = selectExperts(scores, { scoreFunction: "gate", topP: 1 });
    const used = [...base.gate!.get(1)!].filter((score) => score > 0).length;
    expect(config.experts.get(1)).toHaveLength(used);
  });

  it("stays on request, and choosing by such scores is warned of", async () => {
    const scores = await scored(newLayer(16), { keepsScale: true });
    const sum = scores.gate!.get(1)!.reduce((a, b) => a + b, 0);
    expect(sum).toBeGreaterThan(5);
    const { warnings } = selectExperts(scores, { scoreFunction: "gate", topP: 1 });
    expect(warnings).toEqual([
      { type: "gate-sum-above-one", layer: 1, total: expect.closeTo(sum, 6), topP: 1 },
    ]);
    const options = { scoreFunction: "gate", topP: 0.1, normalizeGate: true } as const;
    expect(selectExperts(scores, options).warnings).toEqual([]);
  });

  it("is what the layer says, which leaves normalised weights of the second generation alone", () => {
    expect(newLayer(16).gateScale).toBe(16);
    expect(newLayer(16, { normTopkProb: true }).gateScale).toBe(1);
    expect(newLayer(2.5, { normTopkProb: true, family: "deepseek_v3" }).gateScale).toBe(2.5);
  });
});
