import { Generator, tensor } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { lmScorer } from "../../src/lm/lm-scorer";
import { loadStepRewardModel, saveStepRewardModel } from "../../src/lm/reward-files";
import { scoreSamples } from "../../src/lm/score-samples";
import { collateSteps, stepBatches } from "../../src/lm/step-batches";
import { encodeSteps } from "../../src/lm/step-encoding";
import { type StepHead, StepRewardModel } from "../../src/lm/step-reward-model";
import { trainStepRewards } from "../../src/lm/train-step-rewards";
import { trainingSamples } from "../../src/lm/training-samples";
import { asciiTokenizer, tinyLm } from "../support/tiny-lm";

const { encode } = asciiTokenizer;
const heads: StepHead[] = [
  { kind: "tag", goodTokenId: 43, badTokenId: 45 },
  { kind: "value" },
  { kind: "classes" },
  { kind: "mlp" },
  { kind: "likelihood" },
];
const fresh = (head: StepHead, seed = 3) =>
  new StepRewardModel(tinyLm(seed), head, { generator: new Generator(seed + 1) });
/** With weights that look at hidden states, which a fresh `likelihood` head does not. */
const made = (head: StepHead, seed = 3) => {
  const model = fresh(head, seed);
  if (head.kind === "likelihood")
    model.score[0]!.weight.set(model.score[0]!.weight.dataSync().map((w, i) => w + Math.sin(i)));
  return model;
};
const samples = ["1+1=2", "1+1=2\n2+1=4", "5-1=4\n4-2=2\n2*2=4"].map((text) =>
  encodeSteps(
    { problem: "p?", steps: text.split("\n"), labels: text.split("\n").map(() => 1) },
    encode,
  ),
);

it("refuses an option that its backbone does not have", () => {
  const model = fresh({ kind: "value" });
  const options = { noSuchOption: 1 } as object;
  expect(() => model.logits(collateSteps(samples), options)).toThrow(/unknown option/);
});

describe.each(heads)("a reward model with head $kind", (head) => {
  it("reads a step at its tag's own position, whatever follows", async () => {
    const model = made(head);
    const long = samples[2]!;
    const short = {
      ...long,
      ids: long.ids.slice(0, long.places[0]! + 1),
      places: [long.places[0]!],
    };
    const [all, first] = await scoreSamples(model, [long, { ...short, labels: [1] }]);
    expect(first!).toBeAllclose([all![0]!], { rtol: 1e-5, atol: 0 });
    // Another last step leaves the scores of earlier ones alone.
    const changed = { ...long, ids: [...long.ids.slice(0, -2), 57, long.ids.at(-1)!] };
    const [other] = await scoreSamples(model, [changed]);
    expect(other!.slice(0, 2)).toBeAllclose(all!.slice(0, 2), { rtol: 1e-5, atol: 0 });
    expect(other![2]).not.toBeCloseTo(all![2]!, 6);
  });

  it("scores a sample alike alone and in a padded batch, in the order asked for", async () => {
    const model = made(head);
    const together = await scoreSamples(model, samples, { batchSize: 3, padTokenId: 7 });
    for (const [i, sample] of samples.entries()) {
      const [alone] = await scoreSamples(model, [sample]);
      expect(together[i]).toBeAllclose(alone!, { rtol: 1e-5, atol: 0 });
    }
  });

  it("is the same after saving and loading", async () => {
    const folder = await temporaryFolder();
    const model = made(head);
    const form = { kind: "pieces", separator: "\n" } as const;
    await saveStepRewardModel(folder, model, { form, target: "outcome" });
    const loaded = await loadStepRewardModel(folder);
    expect(loaded).toMatchObject({ head, form, target: "outcome" });
    expect(await scoreSamples(loaded.model, samples)).toEqual(await scoreSamples(model, samples));
  });
});

describe("the log-odds", () => {
  it("of a tag head are the difference of the two tokens' logits after reading the tag", () => {
    const model = made(heads[0]!);
    const batch = collateSteps(samples.slice(0, 1));
    const logits = model.model.forward(batch).dataSync();
    const at = samples[0]!.places[0]! * 128;
    const found = model.logits(batch).dataSync();
    expect(found).toBeAllclose([logits[at + 43]! - logits[at + 45]!], { rtol: 1e-4, atol: 1e-6 });
  });

  it("of a likelihood head begin as 1 minus the surprise of the least likely token so far", () => {
    const model = fresh({ kind: "likelihood" });
    const batch = collateSteps([samples[0]!, samples[2]!]);
    const expected = [samples[0]!, samples[2]!].flatMap(({ ids, start, places }, row) => {
      const log = model.model.forward(batch).logSoftmax().toArray() as number[][][];
      return places.map((place) => {
        const tokens = ids.slice(start, place);
        return 1 + Math.min(...tokens.map((id, i) => log[row]![start + i - 1]![id]!));
      });
    });
    expect(expected).toHaveLength(4);
    expect(model.logits(batch).dataSync()).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 });
    expect(collateSteps([{ ...samples[0]!, start: 0 }]).starts[0]).toBe(1);
  });

  it("of two classes are good minus bad", () => {
    const outputs = tensor([1, 3, 2, -1], { shape: [2, 2] });
    expect([...made({ kind: "classes" }).logitsOf(outputs).dataSync()]).toEqual([2, -3]);
  });
});

it("weighs the steps of a solution, or all steps of a batch, alike", () => {
  const half = { ...samples[2]!, labels: [1, null, 0] };
  const bySolution = collateSteps([samples[0]!, half]);
  expect([...bySolution.weights]).toEqual([0.5, 0.25, 0, 0.25]);
  const byStep = collateSteps([samples[0]!, half], { average: "step" });
  expect(byStep.weights).toBeAllclose([1 / 3, 1 / 3, 0, 1 / 3], { rtol: 1e-6, atol: 0 });
  expect([...byStep.targets]).toEqual([1, 1, 0, 0]);
});

it("gives each sample once per epoch, in an order that follows from the seed", () => {
  const data = stepBatches(samples, { batchSize: 1, seed: 4 });
  const lengths = (epoch: number) =>
    [0, 1, 2].map((i) => data.batch(3 * epoch + i).length).sort((a, b) => a - b);
  expect(lengths(0)).toEqual(lengths(1));
  expect(lengths(0)).toEqual(samples.map(({ ids }) => ids.length).sort((a, b) => a - b));
  expect(data.batch(1)).toEqual(stepBatches(samples, { batchSize: 1, seed: 4 }).batch(1));
});

/** Steps whose last digit says whether they are good. */
const marked = Array.from({ length: 64 }, (_, i) => {
  const [a, b] = [i % 8, Math.floor(i / 8)];
  return { problem: "s", steps: [`${a}+${b}`], labels: [b > 3] };
});

it.each(heads)("learns which steps are good with head $kind", async (head) => {
  const model = made(head);
  const rows = trainingSamples(marked, { encode }).samples;
  const loss = head.kind === "tag" ? "vocabulary" : "pair";
  const accuracies: number[] = [];
  const config = { steps: 60, lr: 1e-2, batchSize: 16, loss } as const;
  for await (const event of trainStepRewards(model, rows, {
    ...config,
    evaluation: { everySteps: 60, samples: rows },
  }))
    if (event.type === "eval-end") accuracies.push(event.scalars.accuracy!);
  expect(accuracies.at(-1)).toBeGreaterThan(0.9);
});

describe("lmScorer", () => {
  it("scores what is asked for at once in one pass, and refuses with the error of the whole", async () => {
    const model = made({ kind: "value" });
    const scorer = lmScorer(model, { encode });
    const asked = await Promise.all(
      ["1+1=2", "3+1=4\n4+1=5"].map((text) => scorer("p?", text.split("\n"))),
    );
    expect(asked.map(({ length }) => length)).toEqual([1, 2]);
    const direct = await scoreSamples(model, [
      encodeSteps({ problem: "p?", steps: ["1+1=2"] }, encode),
    ]);
    expect(asked[0]).toBeAllclose(direct[0]!, { rtol: 1e-5, atol: 0 });
    await expect(scorer("x".repeat(200), ["1"])).rejects.toThrow(/at most 128 tokens, got 203/);
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(scorer("p?", ["1"], { signal: stopped })).rejects.toThrow("enough");
  });
});

describe("errors", () => {
  it("name what is wrong with heads, losses and samples", async () => {
    expect(() => made({ kind: "tag", goodTokenId: 5, badTokenId: 5 })).toThrow(
      /two tokens below 128/,
    );
    const model = made({ kind: "value" });
    const wrong = trainStepRewards(model, samples, {
      steps: 1,
      lr: 1e-3,
      loss: "vocabulary",
    });
    await expect(wrong.next()).rejects.toThrow(/needs a tag head, got value/);
    const none = trainStepRewards(model, [], { steps: 1, lr: 1e-3 });
    await expect(none.next()).rejects.toThrow(/no samples/);
  });

  it("tell a folder without a reward model from a damaged one", async () => {
    const folder = await temporaryFolder();
    await expect(loadStepRewardModel(folder)).rejects.toMatchObject({ code: "ERR_MISSING" });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(`${folder}/step-reward.json`, "{");
    await expect(loadStepRewardModel(folder)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    await writeFile(`${folder}/step-reward.json`, '{"head":{"kind":"odd"}}');
    await expect(loadStepRewardModel(folder)).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });
});
