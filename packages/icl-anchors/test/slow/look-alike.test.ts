import { type CausalLM, createRandom } from "@deepgrain/lm";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accuracyOf,
  answerReweighted,
  answers,
  blockPromptSet,
  diagnose,
  evaluatePrompts,
  loadShippedModel,
  lookAlikeTask,
  type Reweighting,
  reweight,
} from "../../src";
import { offDiagonal } from "../../src/diagnosis/confusion";
import { reweighted } from "../../src/reweighting/reweighting-factors";
import { targetLogits } from "../../src/run/prompt-batch";
import { blockDemonstrations, blockPrompt } from "../../src/tiny/block-prompts";
import { codeOf } from "../support/blocks";

let model: CausalLM;
beforeAll(async () => {
  model = await loadShippedModel("look-alike");
});
afterAll(() => model.dispose());

const setOf = (seed: number, items: number) => {
  const topics = [0, 1, 6, 10].map((topic) => (topic + 2 * seed) % 16);
  return blockPromptSet(lookAlikeTask, { seed, items, topics });
};

async function learn(
  seed: number,
  options = {},
): Promise<{ reweighting: Reweighting; losses: number[] }> {
  for await (const event of reweight(model, setOf(seed, 2).auxiliary, options))
    if (event.type === "reweight-end") return event;
  throw new Error("no result");
}

describe("re-weighting", () => {
  it("lowers the training loss and does not cost accuracy", async () => {
    let [vanilla, better, first, last] = [0, 0, 0, 0];
    for (const seed of [1, 2, 3]) {
      const { prompts } = setOf(seed, 150);
      const { reweighting, losses } = await learn(seed);
      expect(reweighting.shape).toEqual([4, 4, 4]);
      first += losses[0]!;
      last += losses.at(-1)!;
      vanilla += accuracyOf(prompts, await answers(model, prompts))! / 3;
      better += accuracyOf(prompts, await answerReweighted(model, reweighting, prompts))! / 3;
    }
    expect(last).toBeLessThan(first);
    expect(better).toBeGreaterThanOrEqual(vanilla);
  });

  it("with β = 0 gives the model's own answers, bit for bit, and multiplies by exactly 1", async () => {
    const { prompts } = setOf(1, 6);
    const zero: Reweighting = { beta: new Float32Array(64), shape: [4, 4, 4] };
    expect(await answerReweighted(model, zero, prompts)).toEqual(await answers(model, prompts));
    const { ids, target, labelPositions } = prompts[0]!;
    const batch = { prompts: [prompts[0]!], first: 0, length: ids.length };
    const places = { groups: labelPositions, keys: ids.length, row: target, queries: ids.length };
    const logitsWith = async (change: (pattern: Tensor) => Tensor) => {
      const logits = tidy(() =>
        noGrad(() => targetLogits(model, batch, { hooks: { pattern: change } })),
      );
      return logits.data();
    };
    const { tensor } = await import("@deepgrain/tensor-gpu");
    const beta = tensor(new Float32Array(16), { shape: [4, 4] });
    const multiplied = await logitsWith((pattern) => reweighted(pattern, beta, places));
    expect(multiplied).toEqual(await logitsWith((pattern) => pattern));
  });

  it("repeats by seed, keeps to the clamp and thaws the model", async () => {
    const options = { epochs: 2, lr: 0.1, seed: 5, clamp: 0.05 };
    const [a, b] = [await learn(1, options), await learn(1, options)];
    expect(a).toEqual(b);
    expect(Math.max(...a.reweighting.beta.map(Math.abs))).toBeCloseTo(0.05, 6);
    expect(model.parameters().length).toBeGreaterThan(10);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
  });

  it("shares one parameter among the tokens of a label word", async () => {
    const { auxiliary } = setOf(1, 2);
    const pairs = auxiliary.map((prompt) => {
      const labelWords = prompt.labelPositions.map(([label]) => [label! - 1, label!]);
      return { ...prompt, labelWords };
    });
    for await (const event of reweight(model, pairs, { epochs: 1 }))
      if (event.type === "reweight-end") expect(event.reweighting.shape).toEqual([4, 4, 4]);
  });

  it("refuses options and factors that do not fit", async () => {
    const { auxiliary, prompts } = setOf(1, 2);
    const run = (options: object) => codeOf(() => reweight(model, auxiliary, options).next());
    expect(await run({ epochs: 0 })).toBe("ERR_RANGE");
    expect(await run({ lr: Number.NaN })).toBe("ERR_RANGE");
    expect(await run({ clamp: -1 })).toBe("ERR_RANGE");
    const { gold: _, ...unknown } = auxiliary[0]!;
    expect(await codeOf(() => reweight(model, [unknown]).next())).toBe("ERR_MISSING");
    const small: Reweighting = { beta: new Float32Array(4), shape: [1, 2, 2] };
    expect(await codeOf(() => answerReweighted(model, small, prompts))).toBe("ERR_SHAPE");
    const uneven = { ...auxiliary[1]!, labelWords: [[1]] };
    expect(await codeOf(() => reweight(model, [auxiliary[0]!, uneven]).next())).toBe("ERR_SHAPE");
  });
});

describe("error diagnosis", () => {
  it("sees that siblings are confused: keys below half the mean distance, ranks correlate", async () => {
    const siblings = ({ data }: { data: Float64Array }) => (data[1]! + data[15]! + data[29]!) / 3;
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const totals = [1, 2, 3].map(() => ({ siblings: 0, all: 0, spearman: 0 }));
    const tasks = 5;
    for (let seed = 0; seed < tasks; seed++) {
      const { next: random } = createRandom([seed, 9]);
      const pairs = [seed, seed + 2, seed + 4].map((pair) => pair % 8);
      const topics = pairs.flatMap((pair) => [2 * pair, 2 * pair + 1]);
      const shown = blockDemonstrations(lookAlikeTask, { random, topics });
      const prompts = Array.from({ length: 200 }, () =>
        blockPrompt(lookAlikeTask, shown, { random }),
      );
      for (const [i, total] of totals.entries()) {
        const found = await diagnose(model, prompts, { layer: i + 1 });
        total.siblings += siblings(found.predicted) / tasks;
        total.all += mean(offDiagonal(found.predicted)) / tasks;
        total.spearman += found.spearman! / tasks;
        expect(siblings(found.actual)).toBeLessThan(mean(offDiagonal(found.actual)));
      }
    }
    const [, second] = totals;
    expect(second!.siblings).toBeLessThan(second!.all / 2);
    for (const { spearman } of totals) expect(spearman).toBeGreaterThan(0.25);
  });

  it("says why the first layer has nothing to compare", async () => {
    const { prompts } = setOf(1, 10);
    await expect(diagnose(model, prompts, { layer: 0 })).rejects.toThrow("queries must differ");
    expect(await codeOf(() => diagnose(model, prompts, { layer: 9 }))).toBe("ERR_RANGE");
    expect(await codeOf(() => diagnose(model, prompts, { keysOf: 99 }))).toBe("ERR_RANGE");
  });
});

describe("evaluatePrompts", () => {
  it("counts right answers per class", async () => {
    const { prompts } = setOf(2, 80);
    const { accuracy, perClass, predicted, meanLoss } = await evaluatePrompts(model, prompts);
    expect(predicted.reduce((a, b) => a + b, 0)).toBe(80);
    const share = perClass.reduce<number>((sum, value, kind) => {
      const count = prompts.filter(({ gold }) => gold === kind).length;
      return sum + ((value ?? 0) * count) / 80;
    }, 0);
    expect(share).toBeCloseTo(accuracy, 9);
    expect(meanLoss).toBeGreaterThan(0);
  });
});
