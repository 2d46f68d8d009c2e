import { statSync } from "node:fs";
import { join } from "node:path";
import type { CausalLM } from "@deepgrain/lm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  accuracyOf,
  answers,
  attentionAuc,
  type CompressionVariant,
  compress,
  isolate,
  loadShippedModel,
  type Prompt,
  saliencyFlow,
  shippedModelFolder,
  shippedModels,
} from "../../src";
import { codeOf, promptsOf } from "../support/blocks";

let model: CausalLM;
let original: Answer[];
const prompts: Prompt[] = promptsOf(200);
const some = prompts.slice(0, 60);

const loyaltyOf = async (options: Parameters<typeof isolate>[2]) =>
  (await isolate(model, prompts, { ...options, original })).labelLoyalty;
const kept = async (variant: CompressionVariant, queryPositions?: "restart") =>
  (
    await compress(model, some, {
      variant,
      original: original.slice(0, some.length),
      ...(queryPositions && { queryPositions }),
    })
  ).labelLoyalty;

describe("the shipped model", () => {
  beforeAll(async () => {
    model = await loadShippedModel("anchors");
    original = await answers(model, prompts);
  });
  afterAll(() => model.dispose());

  it("learns from demonstrations alone", async () => {
    expect(accuracyOf(prompts, original)).toBeGreaterThanOrEqual(0.97);
    const bare = promptsOf(200, { shots: 0 });
    expect(accuracyOf(bare, await answers(model, bare))).toBeLessThanOrEqual(0.4);
  });

  it("gathers texts in label words below and reads label words above", async () => {
    const { relative, meanLoss } = await saliencyFlow(model, prompts.slice(0, 100));
    expect(meanLoss).toBeGreaterThan(0);
    expect(Math.max(relative[0]!.wp, relative[1]!.wp)).toBeGreaterThanOrEqual(0.15);
    expect(relative[3]!.wp).toBeLessThanOrEqual(0.02);
    expect(relative[3]!.pq).toBeGreaterThanOrEqual(0.95);
  });

  it("gives the answers whose share that stays is the loyalty", async () => {
    const found = await isolate(model, some, {
      layers: 1,
      original: original.slice(0, some.length),
    });
    const same = found.answers.filter(
      ({ prediction }, i) => prediction === original[i]!.prediction,
    );
    expect(found.answers).toHaveLength(some.length);
    expect(same.length / some.length).toBeCloseTo(found.labelLoyalty, 10);
    expect(accuracyOf(some, found.answers)).toBe(found.accuracy);
  });

  it("needs label words in the first layers, and not in the last", async () => {
    expect(await loyaltyOf({ where: "first", layers: 2 })).toBeLessThanOrEqual(0.35);
    expect(await loyaltyOf({ where: "last", layers: 2 })).toBeGreaterThanOrEqual(0.95);
    const random = { where: "first", layers: 2, target: "random" } as const;
    expect(await loyaltyOf(random)).toBeGreaterThanOrEqual(0.95);
  });

  it("answers what it attends to, from the third layer on", async () => {
    const { auc, share, classes } = await attentionAuc(model, prompts);
    expect(classes).toEqual([0, 1, 2, 3]);
    expect(auc[0]).toBeLessThanOrEqual(0.6);
    expect(auc[2]).toBeGreaterThanOrEqual(0.9);
    expect(share!.at(-1)).toBeCloseTo(1, 9);
    const gold = await attentionAuc(model, prompts, { against: "gold" });
    expect(gold.auc[2]).toBeGreaterThanOrEqual(0.9);
  });

  it("answers from formatting and label words alone, not from other tokens or their text", async () => {
    const anchor = await kept("hidden-anchor");
    expect(anchor).toBeGreaterThanOrEqual(0.9);
    for (const variant of ["hidden-random", "text-anchor"] as const)
      expect(anchor - (await kept(variant)), variant).toBeGreaterThanOrEqual(0.4);
    for (const variant of ["format-only", "none"] as const)
      expect(await kept(variant), variant).toBeLessThanOrEqual(0.5);
    expect(await kept("labels-only")).toBeGreaterThanOrEqual(0.9);
    expect(await kept("hidden-anchor", "restart")).toBeLessThan(anchor);
  });

  it("draws the best of several random sets", async () => {
    const few = prompts.slice(0, 20);
    const known = { original: original.slice(0, 20) };
    const one = await compress(model, few, { ...known, variant: "hidden-random" });
    const top = await compress(model, few, { ...known, variant: "hidden-random-top", draws: 3 });
    expect(top.labelLoyalty).toBeGreaterThanOrEqual(one.labelLoyalty);
    expect(top).toMatchObject({ keptTokens: 8, demonstrationTokens: 20, prompts: 20 });
  });
});

describe("the negative control", () => {
  it("is as accurate without anchors, and the tools say so", async () => {
    const control = await loadShippedModel("control");
    const own = await answers(control, prompts);
    expect(accuracyOf(prompts, own)).toBeGreaterThanOrEqual(0.97);
    const isolated = { where: "first", layers: 2, original: own } as const;
    const labels = await isolate(control, prompts, isolated);
    const random = await isolate(control, prompts, { ...isolated, target: "random" });
    expect(labels.labelLoyalty).toBeGreaterThanOrEqual(0.95);
    expect(random.labelLoyalty).toBeLessThan(labels.labelLoyalty - 0.05);
    const known = { original: own.slice(0, some.length) };
    const anchor = await compress(control, some, known);
    const drawn = await compress(control, some, { ...known, variant: "hidden-random" });
    expect(anchor.labelLoyalty).toBeLessThanOrEqual(0.5);
    expect(drawn.labelLoyalty).toBeGreaterThan(anchor.labelLoyalty + 0.2);
    const { auc } = await attentionAuc(control, prompts);
    expect(Math.max(...auc)).toBeLessThan(0.9);
    control.dispose();
  });
});

describe("shipped files", () => {
  it.each(shippedModels)("%s is below 250 kB", (name) => {
    const folder = shippedModelFolder(name);
    expect(statSync(join(folder, "model.safetensors")).size).toBeLessThan(250_000);
  });

  it("refuse unknown names", async () => {
    expect(await codeOf(() => loadShippedModel("other" as "anchors"))).toBe("ERR_RANGE");
  });
});
