import { tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src";
import {
  cleanFisher,
  cleanFisherNeed,
  type Defender,
  defendEncoder,
  encoderDefences,
  encoderFisherNeed,
  encoderPasses,
  encoderRowLosses,
  predictRows,
  type RowClassifier,
  rowAccuracy,
  setWeights,
  tokenBatch,
  weightsOf,
} from "../../src/encoders";
import { attackLoss, layerLogits } from "../../src/encoders/attack-loss";
import { rowLoss } from "../../src/encoders/row-classifier";
import { attentionHeads, feedForwardUnits } from "../../src/encoders/units";
import { diagonalFisher } from "../../src/fisher";
import { unitsOf } from "../../src/training/gated-layers";
import { smallEncoder } from "../support/encoders";

interface Row {
  words: number[];
  label: number;
}

const classifier = (changes: object = {}, seed = 1): RowClassifier<Row> => ({
  model: smallEncoder(changes, seed).eval(),
  batch: (rows) => tokenBatch(rows, { cls: 1, pad: 0 }),
});

const random = seededRandom(1);
const rows: Row[] = Array.from({ length: 12 }, (_, i) => ({
  words: Array.from({ length: 3 + (i % 4) }, () => 3 + Math.floor(random() * 36)),
  label: i % 2,
}));

function defender(): Defender<Row> {
  const own = classifier();
  const init = weightsOf(smallEncoder({}, 2));
  init.delete("classifier.weight");
  init.delete("classifier.bias");
  return {
    classifier: own,
    init,
    finetuned: weightsOf(own.model),
    clean: rows.slice(0, 8),
    heldOut: rows.slice(8),
    threshold: 0,
    counts: Array.from({ length: 40 }, () => 1),
    resetRows: 3,
    maskSteps: 2,
    largestDrift: Number.POSITIVE_INFINITY,
    seed: 1,
    signal: new AbortController().signal,
  };
}

it("frames rows of ids with the first token and padding", () => {
  const batch = tokenBatch(
    [
      { words: [5, 6], label: 1 },
      { words: [7], label: 0 },
    ],
    { cls: 1, pad: 0 },
  );
  expect(batch).toMatchObject({ batch: 2, length: 3, labels: [1, 0] });
  expect([Array.from(batch.ids), Array.from(batch.attentionMask!)]).toEqual([
    [1, 5, 6, 1, 7, 0],
    [1, 1, 1, 1, 1, 0],
  ]);
});

it("predicts the same in batches of any size", async () => {
  const own = classifier();
  const whole = await predictRows(own, rows);
  expect(await predictRows(own, rows, { size: 5 })).toEqual(whole);
  expect(
    await rowAccuracy(
      own,
      rows.map((row, i) => ({ ...row, label: whole[i]! })),
    ),
  ).toBe(1);
});

describe("cleanFisher", () => {
  it("takes values at the pre-trained weights, with the victim's head, and puts the victim back", async () => {
    const { classifier: own, init, finetuned, clean } = defender();
    const found = await cleanFisher(own, clean, { init, finetuned, size: 3 });
    expect(weightsOf(own.model)).toEqual(finetuned);
    const other = classifier({}, 3);
    setWeights(other.model, finetuned);
    setWeights(other.model, init);
    const { fisher } = await diagonalFisher(encoderRowLosses(other.model), [other.batch(clean)], {
      parameters: other.model.namedWeights(),
    });
    const name = "classifier.weight";
    for (const [i, value] of fisher.get(name)!.data.entries())
      expect(found.get(name)!.data[i]).toBeCloseTo(value, 4);
    expect(encoderPasses(own.model, "empirical")).toEqual({});
    const truth = await cleanFisher(own, clean, { init, finetuned, kind: "true" });
    expect([...truth.values()].every(({ data }) => data.every((h) => h >= 0))).toBe(true);
  });

  it("states what it needs", () => {
    const need = encoderFisherNeed(classifier().model, { rows: 4, length: 12, bufferBytes: 1 });
    expect(need.total).toBeGreaterThan(need.sums);
    expect(need.activations).toBe(4 * 4 * 12 * (6 * 16 + 2 * (14 * 16 + 3 * 24 + 4)));
  });

  it("states what the rows' own batches need, and the copies that other places' weights take", () => {
    const { classifier: own, clean } = defender();
    const { model } = own;
    const size = 3;
    const length = Math.max(...clean.map((row) => own.batch([row]).length));
    const pass = encoderFisherNeed(model, { rows: size, length });
    expect(clean.length).toBeGreaterThan(size);
    const weights = [...weightsOf(model).values()].reduce((sum, { data }) => sum + data.length, 0);
    for (const [at, copies] of [
      ["init", 1],
      ["finetuned", 1],
      ["midpoint", 2],
      ["average", 2],
    ] as const) {
      const need = cleanFisherNeed(own, clean, { at, size });
      expect(need.activations, at).toBe(pass.activations);
      expect(need.copies, at).toBe(4 * weights * copies);
      expect(need.total, at).toBe(pass.total + need.copies);
    }
  });
});

describe("attackLoss", () => {
  it.each(["data", "layerwise", "restricted", "adaptive"] as const)(
    "gives a loss that can be lowered: %s",
    async (way) => {
      const own = classifier();
      const loss = await attackLoss(own, way, { clean: rows, penalty: 0.01 });
      const before = loss(rows).itemSync();
      const plain = rowLoss(own)(rows).itemSync();
      if (way !== "layerwise") expect(before).toBeCloseTo(plain, 5); // nothing has drifted yet
      tidy(() => loss(rows).backward());
      for (const [, weight] of own.model.namedWeights())
        if (weight.grad)
          weight.set(weight.dataSync().map((w, i) => w - 0.02 * weight.grad!.dataSync()[i]!));
      expect(loss(rows).itemSync()).toBeLessThan(before);
      if (way === "restricted" || way === "adaptive")
        expect(loss(rows).itemSync()).toBeGreaterThan(rowLoss(own)(rows).itemSync());
    },
  );

  it("reads every layer through the head; the last one's logits are the model's", () => {
    const { model, batch } = classifier();
    const layers = layerLogits(model, batch(rows));
    expect(layers).toHaveLength(2);
    expect(layers[1]!.dataSync()).toEqual(model.forward(batch(rows)).dataSync());
  });
});

it("finds feed-forward units and heads in BERT and RoBERTa", () => {
  for (const changes of [{}, { model_type: "roberta" }]) {
    const { model } = classifier(changes);
    expect(feedForwardUnits(model).map(unitsOf)).toEqual([24, 24]);
    expect(attentionHeads(model).map(unitsOf)).toEqual([4, 4]);
  }
});

describe("defendEncoder", () => {
  it.each(encoderDefences.map((defence) => [defence.id, defence] as const))(
    "cleans and fine-tunes by %s",
    async (id, defence) => {
      const own = defender();
      const tried: number[] = [];
      const found = await defendEncoder(defence, own, {
        grid: [0.5, 0.9],
        tuneSteps: 2,
        tuneRate: 1e-3,
        tryAll: true,
        measure: () => rowAccuracy(own.classifier, rows),
        onTried: ({ rho }) => void tried.push(rho),
      });
      expect(tried).toEqual(defence.hasRho ? [0.5, 0.9] : [1]);
      expect(found.reached).toBe(true);
      expect(found.result).toBeGreaterThanOrEqual(0);
      for (const { data } of weightsOf(own.classifier.model).values())
        expect(data.every(Number.isFinite)).toBe(true);
      if (id === "random") expect(defence.masks).toBe(3);
    },
  );

  it("leaves the fine-tuned weights alone at ρ = 1 without fine-tuning", async () => {
    const own = defender();
    const defence = encoderDefences.find(({ id }) => id === "r-init")!;
    await defendEncoder(defence, own, { grid: [1], tuneSteps: 0, measure: async () => null });
    expect(weightsOf(own.classifier.model)).toEqual(own.finetuned);
  });
});
