import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  bertVizParameters,
  circuitsVisProperties,
  flowJson,
  type Prompt,
  parseFlowInput,
  promptFlows,
  relativeFlow,
  saliencyFlow,
  toRows,
} from "../src";
import { goldLosses, signedSaliency } from "../src/flow/flow-matrices";
import { flowMeans } from "../src/flow/flow-sums";
import { targetLogits } from "../src/run/prompt-batch";
import { codeOf } from "./support/blocks";

const grouped = new CausalLM(
  parseConfig({
    model_type: "llama",
    vocab_size: 24,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 16,
    initializer_range: 0.4,
  }),
  { generator: new Generator(5) },
);
afterAll(() => grouped.dispose());

const prompt: Prompt = {
  ids: [3, 9, 20, 4, 7, 21, 5, 9],
  labelPositions: [[2], [5]],
  target: 7,
  classIds: [20, 21],
  gold: 1,
};
const batch = { prompts: [prompt], first: 0, length: 8 };

describe("saliency", () => {
  it("is A ⊙ ∂L/∂A on a grouped-query Llama, as finite differences say", async () => {
    const layer = 1;
    const product = tidy(() => signedSaliency(grouped, batch).products[layer]!.contiguous());
    const found = await product.data();
    product.dispose();
    /** The loss with A multiplied by 1 + step at one entry: its slope at 0 is A · ∂L/∂A. */
    const lossAt = async (entry: number, step: number) => {
      const factors = new Float32Array(4 * 64).fill(1);
      factors[entry] = 1 + step;
      const loss = tidy(() =>
        noGrad(() => {
          const scale = tensor(factors, { shape: [1, 4, 8, 8] });
          const pattern = (x: Tensor, site: { layer: number }) =>
            site.layer === layer ? x.mul(scale) : undefined;
          const logits = targetLogits(grouped, batch, { hooks: { pattern } });
          return goldLosses(logits, batch).sum();
        }),
      );
      const value = await loss.item();
      loss.dispose();
      return value;
    };
    const most = Math.max(...found.map(Math.abs));
    expect(most).toBeGreaterThan(1e-3);
    const step = 0.02;
    for (let head = 0; head < 4; head++)
      for (const key of [0, 2, 5, 7]) {
        const entry = head * 64 + prompt.target * 8 + key;
        const slope = ((await lossAt(entry, step)) - (await lossAt(entry, -step))) / (2 * step);
        expect(Math.abs(slope - found[entry]!), `head ${head}, key ${key}`).toBeLessThan(
          2e-3 * most + 1e-5,
        );
      }
  });

  it("does not depend on what else is in the batch, and leaves weights without gradients", async () => {
    const longer = { ...prompt, ids: [3, 9, 20, 4, 7, 21, 5, 9, 8, 6], target: 9 };
    const flows = async (prompts: Prompt[], batchSize: number) => {
      const all = [];
      for await (const { layers } of promptFlows(grouped, prompts, { batchSize }))
        all.push(layers.map(({ flow }) => [...flow]));
      return all;
    };
    const [together, alone] = [await flows([prompt, longer], 2), await flows([prompt, longer], 1)];
    expect(together.flat(2)).toBeAllclose(alone.flat(2), { rtol: 1e-4, atol: 1e-8 });
    expect(grouped.parameters().every(({ grad }) => grad === null)).toBe(true);
  });

  it("has other measures: attention sums to the number of heads per row", async () => {
    for await (const { layers, loss } of promptFlows(grouped, [prompt], { measure: "attention" })) {
      expect(loss).toBeNull();
      const rows = toRows(layers[0]!.flow, 8).map((row) => row.reduce((a, b) => a + b, 0));
      expect(rows).toBeAllclose(new Array(8).fill(4), { rtol: 1e-5 });
    }
    const weighted = await saliencyFlow(grouped, [prompt], { measure: "attention-value" });
    expect(weighted.meanLoss).toBeNull();
    expect(weighted.layers[0]!.pq).toBeGreaterThan(0);
  });

  it("differs little between a loss over labels and over the vocabulary, and says which it took", async () => {
    const over = await saliencyFlow(grouped, [prompt], { lossOver: "vocabulary" });
    expect(over).toMatchObject({ lossOver: "vocabulary", order: "sum-abs", prompts: 1 });
    expect(over.meanLoss).toBeGreaterThan((await saliencyFlow(grouped, [prompt])).meanLoss!);
  });

  it("refuses prompts that do not fit", async () => {
    const run = (change: Partial<Prompt>, options = {}) =>
      codeOf(() => saliencyFlow(grouped, [{ ...prompt, ...change }], options));
    const { gold: _, ...unknown } = prompt;
    expect(await codeOf(() => saliencyFlow(grouped, [unknown]))).toBe("ERR_MISSING");
    expect(await codeOf(() => saliencyFlow(grouped, []))).toBe("ERR_MISSING");
    expect(await run({ ids: new Array(17).fill(1) })).toBe("ERR_LENGTH");
    expect(await run({ ids: [99] })).toBe("ERR_RANGE");
    expect(await run({ gold: 2 })).toBe("ERR_RANGE");
    expect(await run({ labelPositions: [[2]] })).toBe("ERR_SHAPE");
    expect(await run({ labelPositions: [[2], [7]] })).toBe("ERR_RANGE");
    expect(await run({}, { measure: "other" })).toBe("ERR_ARGUMENT");
    expect(await run({}, { batchSize: 0 })).toBe("ERR_RANGE");
  });

  it("stops at a signal", async () => {
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(saliencyFlow(grouped, [prompt], { signal: stop })).rejects.toThrow("enough");
  });
});

describe("flowMeans", () => {
  it("follows the paper's sums on a matrix worked by hand", () => {
    // Labels at 1 and 3, target 4; the diagonal of nines does not count.
    const flow = [9, 0, 0, 0, 0, 4, 9, 0, 0, 0, 1, 1, 9, 0, 0, 2, 2, 2, 9, 0, 1, 6, 1, 8, 9];
    const means = flowMeans(flow, { labelPositions: [[1], [3]], target: 4 });
    expect(means.wp).toBeCloseTo((4 + 6) / 4, 12);
    expect(means.pq).toBeCloseTo((6 + 8) / 2, 12);
    expect(means.ww).toBeCloseTo((1 + 1 + 1 + 1) / 4, 12);
    const shares = relativeFlow(means);
    expect(shares.wp + shares.pq + shares.ww).toBeCloseTo(1, 12);
    expect(relativeFlow({ wp: 0, pq: 0, ww: 0 })).toEqual({ wp: 0, pq: 0, ww: 0 });
    expect(() => flowMeans([1], { labelPositions: [[1]], target: 4 })).toThrow(/ERR_SHAPE|5 rows/);
  });

  it("shares out everything below the diagonal", () => {
    const size = 6;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), {
          minLength: size * size,
          maxLength: size * size,
        }),
        (flow) => {
          const { wp, pq, ww } = flowMeans(flow, { labelPositions: [[1], [4]], target: 5 });
          let sum = 0;
          for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) sum += flow[i * size + j]!;
          return Math.abs(wp * 5 + pq * 2 + ww * (15 - 5 - 2) - sum) < 1e-9 * (1 + sum);
        },
      ),
    );
  });
});

describe("files of flow", () => {
  it("are read and written as other programs expect", async () => {
    const json = {
      input_ids: [...(prompt.ids as number[])],
      label_positions: [[2], [5]],
      target_position: 7,
      class_ids: [20, 21],
      gold: 1,
    };
    const read = parseFlowInput(json);
    for await (const flow of promptFlows(grouped, [read])) {
      const written = JSON.parse([...flowJson(flow)].join(""));
      expect(written.layers).toHaveLength(2);
      expect(written.layers[0].flow.shape).toEqual([8, 8]);
      expect(Float32Array.from(written.layers[0].flow.data)).toEqual(flow.layers[0]!.flow);
      expect(written.layers[1].s_pq).toBe(flow.layers[1]!.pq);
    }
    for (const key of Object.keys(json))
      expect(() => parseFlowInput({ ...json, [key]: "x" }), key).toThrow(key);
    expect(() => parseFlowInput(null)).toThrow("input_ids");
  });

  it("suit BertViz and CircuitsVis", () => {
    const heads = [
      [
        [
          [1, 0],
          [0.25, 0.75],
        ],
        [
          [1, 0],
          [0.5, 0.5],
        ],
      ],
      [
        [
          [1, 0],
          [0.125, 0.875],
        ],
        [
          [1, 0],
          [0, 1],
        ],
      ],
    ];
    const tokens = ["a", "b"];
    expect(bertVizParameters(heads, tokens)).toEqual({
      attention: [{ name: null, attn: heads, left_text: tokens, right_text: tokens }],
      default_filter: "0",
      root_div_id: "bertviz",
      layer: null,
      heads: null,
      include_layers: [0, 1],
    });
    const { attentionHeadNames, maxValue, attention } = circuitsVisProperties(heads, tokens);
    expect(attentionHeadNames).toEqual(["L0H0", "L0H1", "L1H0", "L1H1"]);
    expect(maxValue).toBe(1);
    expect(attention).toEqual(heads.flat());
    for (const make of [bertVizParameters, circuitsVisProperties])
      expect(() => make(heads, ["a"])).toThrow("1×1");
  });
});
