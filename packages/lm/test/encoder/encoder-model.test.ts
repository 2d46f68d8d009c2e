import { Generator, manualSeed } from "@deepgrain/tensor-gpu";
import { fit } from "@deepgrain/trainer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchRow, type EncoderBatch, EncoderModel } from "../../src";
import { norm2 } from "../model/golden-model";
import { maskedLm, roberta, robertaMaskedLm, tinyEncoder } from "./tiny-encoder";

const make = (changes: object = {}) =>
  new EncoderModel(tinyEncoder({ initializer_range: 0.3, ...changes }), {
    generator: new Generator(1),
  }).eval();

const batch: EncoderBatch = {
  ids: [5, 6, 7, 8, 9, 3],
  batch: 2,
  length: 3,
  attentionMask: [1, 1, 1, 1, 1, 0],
};

describe("EncoderModel", () => {
  it.each([
    [{}, [2, 2]],
    [{ num_labels: 1 }, [2, 1]],
    [{ ...roberta, num_labels: 5 }, [2, 5]],
    [maskedLm, [2, 3, 40]],
    [robertaMaskedLm, [2, 3, 40]],
    [{ ...maskedLm, tie_word_embeddings: false }, [2, 3, 40]],
    [{ ...robertaMaskedLm, tie_word_embeddings: false }, [2, 3, 40]],
  ])("gives logits of %j the shape %j", (changes, shape) => {
    expect(make(changes).forward(batch).shape).toEqual(shape);
  });

  it("draws the same weights from the same seed, with norms one, biases zero and padding rows zero", () => {
    const [a, b] = [make(robertaMaskedLm), make(robertaMaskedLm)].map((model) =>
      [...model.namedWeights()].map(([name, weight]) => [name, weight.dataSync()] as const),
    ) as [[string, Float32Array][], [string, Float32Array][]];
    expect(a).toEqual(b);
    for (const [name, data] of a) {
      if (name.endsWith("bias")) expect(norm2(data), name).toBe(0);
      else if (/norm/i.test(name)) expect(data.every((x) => x === 1)).toBe(true);
      else expect(norm2(data) / Math.sqrt(data.length), name).toBeCloseTo(0.3, 1);
      if (/word|position/.test(name)) expect(norm2(data.subarray(16, 32)), name).toBe(0);
    }
  });

  it("does not see what the mask hides, for any hidden tokens", () => {
    for (const model of [make(), make(roberta), make(maskedLm)])
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 39 }), (hidden) => {
          const changed = { ...batch, ids: [5, 6, 7, 8, 9, hidden] };
          const [a, b] = [batch, changed].map((rows) =>
            model
              .hiddenStates(rows)
              .dataSync()
              .subarray(0, 5 * 16),
          );
          expect(a).toBeAllclose(b!, { rtol: 0, atol: 1e-5 });
        }),
        { numRuns: 10 },
      );
  });

  it("gives each row the logits and loss that it has alone", () => {
    for (const [changes, labels] of [
      [{}, [1, 0]],
      [{ num_labels: 1 }, [0.5, -2]],
      [roberta, [0, 1]],
      [maskedLm, [1, -100, 2, 39, -100, -100]],
    ] as const) {
      const model = make(changes);
      const whole = { ...batch, labels };
      const rows = [0, 1].map((row) => model.loss(batchRow(whole, row)).itemSync());
      expect(model.rowLosses(whole).dataSync()).toBeAllclose(rows, { rtol: 1e-4 });
    }
  });

  it("is the mean squared error for regression, and the mean over labelled tokens for masked LM", () => {
    const regression = make({ num_labels: 1 });
    const [a, b] = regression.forward(batch).dataSync() as unknown as [number, number];
    const squares = ((a - 3) ** 2 + (b + 1) ** 2) / 2;
    expect(regression.loss({ ...batch, labels: [3, -1] }).itemSync()).toBeCloseTo(squares, 4);
    const model = make(maskedLm);
    const labels = [1, 4, 2, 39, -100, -100];
    const [first, second] = model.rowLosses({ ...batch, labels }).dataSync() as unknown as number[];
    const loss = model.loss({ ...batch, labels }).itemSync();
    expect(loss).toBeCloseTo((3 * first! + second!) / 4, 4);
  });

  it("gives the embedding of padding no gradient from lookups", () => {
    const model = make();
    const padded = { ...batch, ids: [5, 0, 7, 8, 9, 0], labels: [0, 1] };
    model.loss(padded).backward();
    const weight = model.namedWeights().get("bert.embeddings.word_embeddings.weight")!;
    const gradient = weight.grad!.dataSync();
    expect(norm2(gradient.subarray(0, 16))).toBe(0);
    expect(norm2(gradient.subarray(5 * 16, 6 * 16))).toBeGreaterThan(0);
  });

  it("drops in training only, each kind of dropout by its own share", () => {
    const none = {
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
      classifier_dropout: 0,
    };
    const still = make(none);
    const expected = still.forward(batch).dataSync();
    expect(still.train().forward(batch).dataSync()).toEqual(expected);
    for (const key of Object.keys(none))
      for (const family of [{}, roberta]) {
        const model = make({ ...none, [key]: 0.5, ...family });
        const calm = model.forward(batch).dataSync();
        model.train();
        manualSeed(7);
        const shaken = model.forward(batch).dataSync();
        expect(shaken, key).not.toEqual(calm);
        manualSeed(7);
        expect(model.forward(batch).dataSync()).toEqual(shaken);
        expect(model.eval().forward(batch).dataSync()).toEqual(calm);
      }
  });

  it("learns under fit to tell rows apart", async () => {
    const model = make({ hidden_dropout_prob: 0 });
    const data = { batch: () => ({ ...batch, labels: [0, 1] }) };
    const losses: number[] = [];
    for await (const event of fit(model, {
      data,
      loss: (rows) => model.loss(rows),
      steps: 20,
      lr: 1e-2,
    }))
      if (event.type === "step-end") losses.push(event.loss);
    expect(losses.at(-1)).toBeLessThan(0.2 * losses[0]!);
  });

  it.each<[string, Partial<EncoderBatch>, string]>([
    ["too few ids", { ids: [1] }, "ERR_SHAPE"],
    ["an id past the vocabulary", { ids: [1, 2, 3, 4, 5, 40] }, "ERR_RANGE"],
    ["an id that is not a whole number", { ids: [1, 2, 3, 4, 5, NaN] }, "ERR_RANGE"],
    ["a batch of nothing", { ids: [], batch: 0 }, "ERR_SHAPE"],
    ["a short mask", { attentionMask: [1] }, "ERR_SHAPE"],
    ["a mask of two", { attentionMask: [1, 1, 1, 1, 1, 2] }, "ERR_RANGE"],
    ["a row that counts nothing", { attentionMask: [1, 1, 1, 0, 0, 0] }, "ERR_RANGE"],
    ["a type past the table", { tokenTypeIds: [0, 0, 0, 0, 0, 2] }, "ERR_RANGE"],
    ["too many types", { tokenTypeIds: [0, 0] }, "ERR_SHAPE"],
    [
      "a row past the positions",
      { ids: Array(26).fill(1), length: 13, attentionMask: Array(26).fill(1) },
      "ERR_RANGE",
    ],
  ])("refuses %s", (_, changes, code) => {
    expect(() => make().forward({ ...batch, ...changes })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it("takes RoBERTa's rows up to the positions behind the padding's", () => {
    const rows = (length: number) => ({ ids: Array(length).fill(5), batch: 1, length });
    expect(make(roberta).forward(rows(10)).shape).toEqual([1, 2]);
    expect(() => make(roberta).forward(rows(11))).toThrow("rows may have 10 tokens, got 11");
  });

  it.each<[object, number[] | undefined, string]>([
    [{}, undefined, "ERR_MISSING"],
    [{}, [1], "ERR_SHAPE"],
    [{}, [1, 2], "ERR_RANGE"],
    [{}, [1, -100], "ERR_RANGE"],
    [{}, [1, 0.5], "ERR_RANGE"],
    [{ num_labels: 1 }, [1, NaN], "ERR_RANGE"],
    [{ num_labels: 1 }, [1, 2, 3], "ERR_SHAPE"],
    [maskedLm, [1, 2], "ERR_SHAPE"],
    [maskedLm, [1, 2, 3, 4, 5, 40], "ERR_RANGE"],
    [maskedLm, [1, 2, 3, 4, 5, -1], "ERR_RANGE"],
    [maskedLm, Array(6).fill(-100), "ERR_RANGE"],
  ])("of %j refuses the labels %j", (changes, labels, code) => {
    const model = make(changes);
    const rows = { ...batch, ...(labels && { labels }) };
    for (const loss of [() => model.loss(rows), () => model.rowLosses(rows)])
      expect(loss).toThrow(expect.objectContaining({ code }));
  });

  it("names a row without labelled tokens, which has no loss of its own", () => {
    const labels = [1, 2, 3, -100, -100, -100];
    const model = make(maskedLm);
    expect(Number.isFinite(model.loss({ ...batch, labels }).itemSync())).toBe(true);
    expect(() => model.rowLosses({ ...batch, labels })).toThrow("no token of row 1 is labelled");
  });

  it("refuses rows that a batch does not have", () => {
    for (const row of [-1, 2, 0.5])
      expect(() => batchRow(batch, row)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});
