import { judge, studyPage } from "@deepgrain/lab";
import { flopsPerToken } from "@deepgrain/scaling-laws";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../shared/test/runs-of";
import { trainingBatch, withNoise } from "../corpus";
import { fitSweep, forecast } from "../fit";
import { type SweepSettings, shapeAt, sweepSettings, widthFor, widthsAt } from "../recipe";
import { rowsOf } from "../report";
import type { SweepResult, SweepRow } from "../result";
import { scalingSweep } from "../study";
import { sweepVariants, type Variant } from "../variants";

const settings: SweepSettings = { ...sweepSettings.default, sizes: 7 };

/** Bits per byte of a run under a known law, whose best M grows as C^0.5, best batch as C^0.3 and best rate as C^−0.1. */
function lossAt({ model, tokens, batchTokens, lr, flops }: Omit<SweepRow, "loss" | "bpb">): number {
  const off = (value: number, best: number) => Math.log(value / best) ** 2;
  const batch = off(batchTokens, 128 * (flops / 4e9) ** 0.3);
  const rate = off(lr, 1.2e-2 * (flops / 4e9) ** -0.1);
  return 1.2 + 20 / model ** 0.3 + 26.3 / tokens ** 0.3 + 0.1 * (batch + rate);
}

/** The best width of the larger run under the law, whose M is (20 / 26.3)^(1 / 0.3) of its tokens. */
const bestWidth = widthFor(Math.sqrt((20 / 26.3) ** (1 / 0.3) * settings.heldOut), settings);

function resultOf(variant: Variant, seed: number): SweepResult {
  if (variant.kind === "schedule") {
    const long = variant.schedule === "cosine-continued" ? 2.1 : 2;
    const isOne = variant.schedule.includes("/");
    return {
      row: null,
      schedule: { short: 2.3, long: isOne ? null : long + seed / 1000, steps: 200 },
      forecasts: [],
    };
  }
  const held = variant.kind === "held-out";
  const budget = held ? settings.heldOut : variant.budget;
  const shape = held ? shapeAt(settings, budget, { width: bestWidth }) : variant.shape;
  const { layers, sequenceLength } = settings;
  const model = flopsPerToken({ layers, width: shape.width, sequenceLength });
  const tokens = shape.steps * shape.batch * sequenceLength;
  const known = {
    corpus: held ? "english" : variant.corpus,
    part: held ? "held-out" : variant.part,
    budget,
    layers,
    width: shape.width,
    sequenceLength,
    vocab: 256,
    model,
    tokens,
    flops: model * tokens,
    batchTokens: shape.batch * sequenceLength,
    lr: shape.lr,
    seed,
  } as Omit<SweepRow, "loss" | "bpb">;
  const bpb = lossAt(known) + (known.corpus === "noisy" ? 1 : 0);
  const forecasts = [
    { by: "M", loss: bpb * 1.01, lower: bpb, upper: bpb * 1.02 },
    { by: "6N1", loss: bpb * (0.97 + seed / 1000), lower: null, upper: null },
    { by: "6N2", loss: bpb * (1.05 + seed / 1000), lower: null, upper: null },
  ];
  return {
    row: { ...known, loss: bpb * Math.LN2, bpb },
    schedule: null,
    forecasts: held ? forecasts : [],
  };
}

const runs = runsOf(
  scalingSweep,
  Object.fromEntries(
    sweepVariants(settings).map((one) => [one.id, [1, 2, 3].map((seed) => resultOf(one, seed))]),
  ),
  { settings: { ...settings, data: {} } },
);
const own = rowsOf(runs).filter(({ corpus, part }) => corpus === "english" && part !== "held-out");

describe("the grid", () => {
  it("has even widths from a quarter to four times the guessed best M", () => {
    for (const budget of settings.budgets) {
      const widths = widthsAt(settings, budget);
      expect(widths.length).toBeGreaterThanOrEqual(5);
      for (const width of widths) expect(width % 2).toBe(0);
    }
    expect(widthFor(flopsPerToken({ layers: 2, width: 24, sequenceLength: 32 }), settings)).toBe(
      24,
    );
  });

  it("spends each budget on whole steps", () => {
    for (const { budget, flops } of own) expect(flops / budget).toBeCloseTo(1, 1);
  });

  it("draws the same windows at one seed and step, and replaces as many bytes as asked for", () => {
    const text = Uint8Array.from({ length: 10_000 }, (_, i) => i % 7);
    const at = { batch: 2, length: 8, seed: 1, step: 3 };
    expect(trainingBatch(text, at)).toEqual(trainingBatch(text, at));
    const changed = withNoise(text, 0.3).filter((byte, i) => byte !== text[i]).length;
    expect(changed / text.length).toBeCloseTo(0.3, 1);
  });
});

describe("the laws of a sweep", () => {
  const { law } = fitSweep(own, { minBudgets: 3, seed: 1 });

  it("are those that the runs follow", () => {
    expect(law.allocation!.model.exponent.value).toBeGreaterThan(0.42);
    expect(law.allocation!.model.exponent.value).toBeLessThan(0.58);
    expect(law.batchSize!.exponent.value).toBeGreaterThan(0.1);
    expect(law.learningRate!.exponent.value).toBeLessThan(0.05);
    expect(law.loss!.exponent.value).toBeLessThan(0);
  });

  it("predict the larger run, best where models are counted as the loss counts them", async () => {
    const held = rowsOf(runs).find(({ part }) => part === "held-out")!;
    const forecasts = await forecast(own, held, { minBudgets: 3, seed: 1 });
    expect(forecasts.map(({ by }) => by)).toEqual(["M", "6N1", "6N2", "parametric"]);
    const error = (by: string) =>
      Math.abs(forecasts.find((one) => one.by === by)!.loss / held.bpb - 1);
    expect(error("M")).toBeLessThan(0.02);
  });

  it("are null where too few runs are there", () => {
    expect(fitSweep(own.slice(0, 3), { minBudgets: 3, seed: 1 }).law).toEqual({
      allocation: null,
      batchSize: null,
      learningRate: null,
      loss: null,
    });
  });
});

describe("the report of a sweep", () => {
  const judgement = judge(scalingSweep, runs);

  it("judges every statement", () => {
    const outcomes = judgement.claims.map(({ experiment, outcome }) => `${experiment} ${outcome}`);
    expect(judgement.claims).toHaveLength(11);
    expect(outcomes.slice(0, 5).map((text) => text.slice(0, 3))).toEqual([
      "C-2",
      "C-2",
      "C-4",
      "C-4",
      "C-7",
    ]);
    expect(outcomes.slice(5)).toEqual([
      "C-3 null",
      "C-4 null",
      "C-5 null",
      "C-5 null",
      "C-6 null",
      "C-6 null",
    ]);
  });

  it("shows all experiments, and no number that is none", () => {
    const page = studyPage(scalingSweep, runs, judgement);
    expect(page).not.toMatch(/NaN|undefined|Infinity|<script/);
    for (const id of Object.keys(scalingSweep.experiments!)) expect(page).toContain(id);
    expect(page).toContain("DeepSeek, current in-house");
  });
});
