import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { describe, expect, it } from "vitest";
import {
  answerPrompts,
  CausalLM,
  copyTokenizer,
  createTokenizer,
  describeModel,
  type EncodedChat,
  evaluate,
  loadTokenizer,
  lossAndLoad,
  measuringBatches,
  parseConfig,
  sampleTexts,
  saveTokenizer,
  sequentialBatches,
  stepCosts,
  trainTokenizer,
} from "../../src";

const chat = (length: number, first = 3): EncodedChat => {
  const inputIds = Array.from({ length }, (_, i) => first + i);
  return { inputIds, labels: inputIds };
};
const newModel = (vocabulary = 31) =>
  new CausalLM(parseConfig(tinyConfig("deepseek", { vocab_size: vocabulary })));

describe("measuringBatches", () => {
  const options = { sequenceLength: 8, batchSize: 2, padTokenId: 0 };

  it("holds each conversation once and whole, and counts what is too long", () => {
    const { batches, ...counts } = measuringBatches([chat(5), chat(9), chat(3), chat(8)], options);
    expect(counts).toEqual({ conversations: 4, tooLong: 1 });
    const ids = batches.flatMap((batch) => Array.from(batch.ids)).filter((id) => id > 0);
    expect(ids).toHaveLength(5 + 3 + 8);
  });

  it("measures each conversation as if it were alone", async () => {
    const model = newModel();
    const samples = [chat(5), chat(3, 9), chat(4, 20)];
    const { batches } = measuringBatches(samples, options);
    const together = await evaluate(model, batches);
    let [loss, tokens] = [0, 0];
    for (const { inputIds: ids } of samples) {
      const own = await evaluate(model, [{ ids, batch: 1, length: ids.length }]);
      loss += own.loss * own.tokens;
      tokens += own.tokens;
    }
    expect(together.tokens).toBe(tokens);
    expect(together.loss).toBeCloseTo(loss / tokens, 5);
    model.dispose();
  });

  it("refuses conversations of which none fits", () => {
    expect(() => measuringBatches([chat(9), chat(12)], options)).toThrow("the shortest has 9");
  });
});

describe("sequentialBatches", () => {
  it("takes whole blocks in order, the last batch shorter", () => {
    const tokens = Int32Array.from({ length: 17 }, (_, i) => i);
    const shape = { blockLength: 3, batchSize: 2 };
    const batches = sequentialBatches(tokens, shape);
    expect(batches.map(({ batch }) => batch)).toEqual([2, 2, 1]);
    expect(batches.flatMap(({ ids }) => Array.from(ids))).toEqual(Array.from(tokens.slice(0, 15)));
    expect(sequentialBatches(tokens, { ...shape, blocks: 3 }).map(({ batch }) => batch)).toEqual([
      2, 1,
    ]);
  });
});

describe("lossAndLoad", () => {
  it("gives the loss of evaluate, and each choice of the batches", async () => {
    const model = newModel();
    const batches = [0, 1].map(() => ({ ids: [3, 4, 5, 6], batch: 1, length: 4 }));
    const done: number[] = [];
    const { loss, load } = await lossAndLoad(model, batches, { onBatch: (n) => done.push(n) });
    expect(loss).toBe((await evaluate(model, batches)).loss);
    expect(load).toHaveLength(1);
    expect(load[0]!.counts.reduce((sum, n) => sum + n, 0)).toBe(2 * 4 * 2); // batches, tokens, top-2
    expect(done).toEqual([1, 2]);
    model.dispose();
  });
});

describe("describeModel", () => {
  it("counts what the model has", () => {
    const model = newModel();
    const parameters = [...model.namedParameters()].reduce((sum, [, { size }]) => sum + size, 0);
    const found = describeModel(model.config, { batchSize: 2, sequenceLength: 8 });
    expect(found).toMatchObject({ layers: 2, mixtures: 1, experts: 8, topK: 2, shared: 1 });
    expect(found.parameters.total).toBe(parameters);
    expect(found.bytes.weights).toBe(4 * parameters);
    expect(found.flops.training).toBeGreaterThan(found.flops.forward);
    model.dispose();
  });
});

describe("stepCosts", () => {
  it("counts the bytes of each method, in their order", async () => {
    const open = (freezes: boolean) => async () => {
      const model = newModel();
      if (freezes)
        for (const [name, weight] of model.namedParameters())
          weight.requiresGrad = name.includes("lm_head") || name.includes("lmHead");
      return model;
    };
    const methods = [
      { id: "all", rate: 1e-3, open: open(false) },
      { id: "head", rate: 1e-3, open: open(true) },
    ];
    const costs = await stepCosts(methods, () => ({ ids: [3, 4, 5, 6], batch: 1, length: 4 }), {
      timedSteps: 1,
    });
    const [all, head] = costs;
    expect(costs.map(({ method }) => method)).toEqual(["all", "head"]);
    expect(head!.gradientBytes).toBe(4 * head!.trainedParameters);
    expect(head!.optimizerBytes).toBe(8 * head!.trainedParameters);
    expect(all!.trainedParameters).toBeGreaterThan(head!.trainedParameters);
    expect(all!.peakBytes).toBeGreaterThan(head!.peakBytes);
  });
});

describe("a tokenizer for a chat model", () => {
  const texts = ["one two three 123", "two three four 456"];

  it("is trained with its special tokens first and a chat template, and copied from folder to folder", async () => {
    const merges: number[] = [];
    const files = await trainTokenizer(texts, {
      vocabSize: 262,
      splitsDigits: true,
      onMerge: (event) => merges.push(event.merges),
    });
    expect(merges.at(-1)).toBe(3);
    const [from, to] = [new Map(), new Map()];
    await saveTokenizer(from, files);
    await copyTokenizer(from, to);
    const tokenizer = await loadTokenizer(to);
    const { bosTokenId, eosTokenId, padTokenId, vocabSize } = tokenizer;
    expect({ bosTokenId, eosTokenId, padTokenId, vocabSize }).toEqual({
      bosTokenId: 0,
      eosTokenId: 1,
      padTokenId: 2,
      vocabSize: 262,
    });
    expect(tokenizer.encode("12", { addSpecialTokens: false })).toHaveLength(2);
    await copyTokenizer(new Map(), to); // nothing to copy
    expect([...to.keys()].sort()).toEqual(["tokenizer.json", "tokenizer_config.json"]);
  });

  it("reads what a model answers and writes", async () => {
    const tokenizer = await createTokenizer(await trainTokenizer(texts, { vocabSize: 259 }));
    const model = newModel(259);
    const prompts = ["one", "two three"].map((text) => tokenizer.encode(text));
    const answered: number[] = [];
    const onAnswer = (count: number) => answered.push(count);
    const options = { maxNewTokens: 4, batchSize: 1, onAnswer };
    const alone = await answerPrompts(model, tokenizer, prompts, options);
    expect(answered).toEqual([1, 2]);
    expect(await answerPrompts(model, tokenizer, prompts, { maxNewTokens: 4 })).toEqual(alone);
    const sampling = { maxNewTokens: 4, temperature: 1, topP: 0.9, seed: 3, samples: 2 };
    const written = await sampleTexts(model, tokenizer, ["one"], sampling);
    expect(written.map((own) => own.length)).toEqual([2]);
    expect(await sampleTexts(model, tokenizer, ["one"], sampling)).toEqual(written);
    model.dispose();
  });
});
