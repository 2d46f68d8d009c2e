import { createRandom, loadTokenizer } from "@deepgrain/lm";
import { grad, noGrad, tidy } from "@deepgrain/tensor-gpu";
import { afterAll, describe, expect, it } from "vitest";
import {
  actualConfusion,
  buildPrompt,
  compressedContext,
  cumulativeShare,
  labelLoyalty,
  predictedConfusion,
  promptFlows,
  reweight,
  templates,
  wordLoyalty,
} from "../src";
import { labelAttention } from "../src/attention/attention-auc";
import { classAuc } from "../src/attention/auc";
import { keptPositions } from "../src/compression/kept-positions";
import { principalDirections } from "../src/diagnosis/principal-directions";
import { signedSaliency } from "../src/flow/flow-matrices";
import { isolationHooks } from "../src/isolation/isolate";
import { reweightingHooks } from "../src/reweighting/answer-reweighted";
import { BetaModule } from "../src/reweighting/beta-module";
import { readSamples } from "../src/reweighting/training-samples";
import { answerOf } from "../src/run/answers";
import { pastHooks } from "../src/run/past";
import { type ReadOptions, targetLogits } from "../src/run/prompt-batch";
import {
  anchorCases,
  expectClose,
  expectLogits,
  type Flat,
  goldenModel,
  normOf,
  promptOf,
  readMetrics,
  tokenizerFolder,
} from "./support/golden";

afterAll(async () => {
  for (const name of new Set(anchorCases.map(({ model }) => model)))
    (await goldenModel(name)).dispose();
});

const rowsOf = ({ shape: [rows, cols], data }: Flat): number[][] =>
  Array.from({ length: rows! }, (_, i) => data.slice(i * cols!, (i + 1) * cols!));

const asMatrix = ({ shape, data }: Flat) => ({
  rows: shape[0]!,
  cols: shape[1]!,
  data: Float64Array.from(data),
});

describe.each(anchorCases)("the reference case $name", (c) => {
  const prompt = promptOf(c);
  const batch = { prompts: [prompt], first: 0, length: prompt.ids.length };
  const model = () => goldenModel(c.model);
  const logitsOf = async (options: ReadOptions, ids?: number[]): Promise<Float32Array> => {
    const loaded = await model();
    const other = ids && { ...prompt, ids, target: ids.length - 1 };
    const read = other ? { prompts: [other], first: 0, length: ids.length } : batch;
    const logits = tidy(() => noGrad(() => targetLogits(loaded, read, options)));
    return (await logits.data()) as Float32Array;
  };

  it("has the reference's logits and attention to the labels", async () => {
    expectClose(await logitsOf({}), c.logits.data);
    const [found] = await labelAttention(await model(), [prompt]);
    expectClose(
      found!.scores.flatMap((scores) => [...scores]),
      c.label_attention.data,
    );
  });

  it("is built from its text, with the same places", async () => {
    const tokenizer = await loadTokenizer(tokenizerFolder());
    const template = templates[c.task];
    const blocks = c.text.split(/\n(?=Review:|Question:|Article:)/);
    const parts = blocks.map((block) => {
      const [, text, label] = /^\w+: ([^\n]*)\n[\w ]+:(.*)$/.exec(block)!;
      return { text: text!, label: template.labels.indexOf(label as never) };
    });
    const query = parts.pop()!;
    const encode = (text: string) => tokenizer.encode(text);
    const built = buildPrompt(template, parts, query.text, { encode, multiToken: "first" });
    expect([...Array.from(built.ids)]).toEqual(c.input_ids);
    expect(built.labelPositions).toEqual(c.label_positions);
    expect(built.target).toBe(c.target);
    expect(built.classIds).toEqual(c.label_ids);
    const random = createRandom(0).next;
    expect(keptPositions(built, "hidden-anchor", { random })).toEqual(c.compression.kept_positions);
    expect(Array.from(built.ids).slice(built.queryStart)).toEqual(c.compression.query_ids);
  });

  it("has the reference's saliency: means, norms and rows", async () => {
    const { saliency } = c;
    for await (const { layers, loss } of promptFlows(await model(), [prompt])) {
      expectClose([loss!], [saliency.loss]);
      for (const [layer, { wp, pq, ww, flow }] of layers.entries()) {
        const pairs = [
          [wp, saliency.S_wp[layer]!],
          [pq, saliency.S_pq[layer]!],
          [ww, saliency.S_ww[layer]!],
        ] as const;
        for (const [got, wanted] of pairs)
          expect(Math.abs(got - wanted)).toBeLessThanOrEqual(Math.max(1e-9, 1e-3 * wanted));
        const n = prompt.ids.length;
        expectClose([normOf(flow)], [saliency.norms[layer]!]);
        const row = (i: number) => flow.subarray(i * n, (i + 1) * n);
        expectClose(row(c.target), rowsOf(saliency.target_rows)[layer]!);
        const first = c.label_positions[0]![0]!;
        const wanted = rowsOf(saliency.first_label_rows)[layer]!;
        expect(Math.max(...row(first).map((x, i) => Math.abs(x - wanted[i]!)))).toBeLessThanOrEqual(
          Math.max(1e-9, 1e-4 * Math.max(...wanted.map(Math.abs))),
        );
        const diagonal = Array.from({ length: n }, (_, i) => flow[i * n + i]!);
        expectClose([diagonal.reduce((a, b) => a + b, 0)], [saliency.diagonal_sums[layer]!]);
        if (saliency.matrices)
          expectClose(flow, saliency.matrices.data.slice(layer * n * n, (layer + 1) * n * n));
      }
    }
    for await (const { layers } of promptFlows(await model(), [prompt], { order: "abs-sum" }))
      expectClose(
        layers.map(({ flow }) => normOf(flow)),
        saliency.abs_sum_norms,
      );
  });

  const perHead = c.saliency.per_head_layer1_row_q;
  it.runIf(perHead)("has the reference's saliency per head, signed", async () => {
    const loaded = await model();
    const row = tidy(() =>
      signedSaliency(loaded, batch).products[1]!.select(0, 0).select(1, c.target).contiguous(),
    );
    expectClose(await row.data(), perHead!.data);
    row.dispose();
  });

  it.each(c.isolation)("isolates rows in the $where $layers layers by $mode", async (wanted) => {
    const count = (await model()).config.numHiddenLayers;
    const { where, layers, mode } = wanted;
    const hooks = isolationHooks(() => [wanted.rows ?? c.label_positions.flat()], {
      length: batch.length,
      layers: (layer) => (where === "first" ? layer < layers : layer >= count - layers),
      mode: mode === "zero" ? "zero" : "score",
    });
    expectLogits(await logitsOf({ hooks }), wanted, c.label_ids);
  });

  const { reweighting: reference } = c;
  it.runIf(reference)(
    "re-weights as the reference: logits, loss, gradients and five steps of Adam",
    async () => {
      const { beta, logits, loss, grad_beta, adam } = reference!;
      const loaded = await model();
      const reweighting = {
        beta: Float32Array.from(beta.data),
        shape: beta.shape as [number, number, number],
      };
      const hooks = reweightingHooks(reweighting, batch);
      expectLogits(await logitsOf({ hooks }), logits, c.label_ids);

      const samples = await readSamples(loaded, [prompt], undefined);
      const module = new BetaModule(loaded.config, beta.shape[2]!);
      module.beta.set(beta.data);
      const [value, gradient] = tidy(() => {
        const out = module.loss(loaded, samples.list[0]!);
        return [out.detach(), ...grad(out, [module.beta])];
      });
      expectClose([await value!.item()], [loss]);
      expectClose(await gradient!.data(), grad_beta.data, 1e-3);
      samples.dispose();
      module.dispose();

      for await (const event of reweight(loaded, [prompt], { epochs: adam.steps, lr: adam.lr })) {
        if (event.type !== "reweight-end") continue;
        expectClose(event.losses, adam.losses);
        const steady = adam.smallest_abs_gradient.data.map((least) => least > 1e-5);
        const pick = (values: ArrayLike<number>) => Array.from(values).filter((_, i) => steady[i]);
        expectClose(pick(event.reweighting.beta), pick(adam.beta_after.data), 1e-3);
        const after = await logitsOf({ hooks: reweightingHooks(event.reweighting, batch) });
        expectLogits(after, adam.logits_after, c.label_ids);
      }
    },
  );

  it("compresses as the reference: kept states, both position rules, the text alone", async () => {
    const { compression } = c;
    const loaded = await model();
    const demonstrations = c.input_ids.slice(0, prompt.queryStart);
    const context = compressedContext(loaded, demonstrations, compression.kept_positions);
    const norms = async (part: "key" | "value") =>
      Promise.all(context.past.layers.map(async (layer) => normOf(await layer[part].data())));
    expectClose(await norms("key"), compression.kept_key_norms);
    expectClose(await norms("value"), compression.kept_value_norms);
    expect(context.nextPosition).toBe(compression.continue.first_position);
    for (const rule of ["restart", "continue"] as const) {
      const firstPosition = compression[rule].first_position;
      const hooks = pastHooks([context.past]);
      const got = await logitsOf({ hooks, firstPosition }, compression.query_ids);
      expectLogits(got, compression[rule], c.label_ids);
    }
    context.dispose();
    const kept = compression.kept_positions.map((position) => c.input_ids[position]!);
    const text = [...kept, ...compression.query_ids];
    expect(text).toEqual(compression.text_anchor.ids);
    expectLogits(await logitsOf({}, text), compression.text_anchor, c.label_ids);
    const alone = await logitsOf({}, compression.query_ids);
    expectLogits(alone, compression.no_demonstration, c.label_ids);
  });
});

describe.skipIf(anchorCases.length === 0)("the reference metrics", () => {
  it("agree on AUCROC and R", () => {
    for (const { scores, truth, auc, R } of readMetrics().auc) {
      const [samples, layers, classes] = scores.shape as [number, number, number];
      const at = (sample: number, layer: number) =>
        scores.data.slice(
          (sample * layers + layer) * classes,
          (sample * layers + layer + 1) * classes,
        );
      const found = auc.map(
        (_, layer) =>
          classAuc(
            Array.from({ length: samples }, (_, sample) => at(sample, layer)),
            truth,
          ).auc,
      );
      expect(found).toBeAllclose(auc, { rtol: 0, atol: 1e-6 });
      expect(cumulativeShare(found)!).toBeAllclose(R, { rtol: 0, atol: 1e-6 });
    }
  });

  it("agree on both confusion matrices", () => {
    for (const d of readMetrics().diagnosis) {
      const queries = asMatrix(d.queries);
      const { singularValues } = principalDirections(queries, d.components);
      expect(singularValues).toBeAllclose(d.singular_values.data, { rtol: 1e-6, atol: 1e-6 });
      const predicted = predictedConfusion(queries, asMatrix(d.keys), { components: d.components });
      expect(predicted.data).toBeAllclose(d.confusion_predicted.data, { rtol: 0, atol: 1e-6 });
      const actual = actualConfusion(rowsOf(d.probabilities), d.labels);
      expect(actual.data).toBeAllclose(d.confusion_true.data, { rtol: 0, atol: 1e-6 });
    }
  });

  it("agree on label and word loyalty", () => {
    for (const l of readMetrics().loyalty) {
      const read = (flat: Flat) => rowsOf(flat).map((row) => answerOf(row, l.label_ids));
      const [original, modified] = [read(l.original), read(l.modified)];
      expect(labelLoyalty(original, modified)).toBeCloseTo(l.label_loyalty, 6);
      for (const k of [1, 5, 10] as const)
        expect(wordLoyalty(original, modified, { k })).toBeCloseTo(l[`word_loyalty_${k}`], 6);
    }
  });
});
