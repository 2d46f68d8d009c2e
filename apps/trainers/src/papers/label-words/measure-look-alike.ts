import {
  accuracyOf,
  answerReweighted,
  answers,
  blockDemonstrations,
  blockPrompt,
  diagnose,
  offDiagonal,
  reweight,
} from "@deepgrain/icl-anchors";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, createRandom, permutation } from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import { meanFields, meanList, meanOf } from "../../report/means";
import { diagnosisFields, type LookAlikeMeasures } from "./comparison-result";
import type { Measuring } from "./measure-anchors";

const AUXILIARY = 4;

type LayerDiagnosis = LookAlikeMeasures["diagnosis"][number];
type Accuracies = Pick<LookAlikeMeasures, "vanilla" | "twoShots" | "reweighted">;

/** Accuracy with and without re-weighting on one task with fixed demonstrations. */
async function reweightTask(
  model: CausalLM,
  { task, settings, seed, signal }: Measuring,
  index: number,
): Promise<{ vanilla: number; twoShots: number; reweighted: number; losses: number[] }> {
  const { next: random } = createRandom([seed, 2, index]);
  const topics = lookAlikeTopics(task.topics, random);
  const names = [...permutation(task.labels, random)].slice(0, topics.length);
  const demonstrations = blockDemonstrations(task, { random, topics, names });
  const double = blockDemonstrations(task, { random, topics, names, shots: 2 });
  const training = topics.flatMap((_, gold) =>
    Array.from({ length: AUXILIARY }, () => blockPrompt(task, demonstrations, { random, gold })),
  );
  const ask = (shown: typeof demonstrations) =>
    Array.from({ length: settings.queries }, () => blockPrompt(task, shown, { random }));
  const prompts = ask(demonstrations);
  const more = ask(double);
  const vanilla = accuracyOf(prompts, await answers(model, prompts, { signal }))!;
  const twoShots = accuracyOf(more, await answers(model, more, { signal }))!;
  for await (const event of reweight(model, training, { epochs: settings.epochs, seed, signal })) {
    await nextTurn();
    if (event.type !== "reweight-end") continue;
    const given = await answerReweighted(model, event.reweighting, prompts, { signal });
    return { vanilla, twoShots, reweighted: accuracyOf(prompts, given)!, losses: event.losses };
  }
  throw new Error("re-weighting ended without a result");
}

/** Four topics; in half of the tasks two of them are siblings. */
function lookAlikeTopics(count: number, random: () => number): number[] {
  const topics = [...permutation(count, random)].slice(0, 4);
  const sibling = topics[0]! ^ 1;
  if (random() < 0.5 && !topics.includes(sibling)) topics[1] = sibling;
  return topics;
}

/** Diagnosis on six classes made of three pairs of siblings, layer by layer. */
async function diagnoseTask(
  model: CausalLM,
  { task, settings, seed, signal }: Measuring,
  index: number,
) {
  const { next: random } = createRandom([seed, 3, index]);
  const pairs = [...permutation(task.topics / 2, random)].slice(0, 3);
  const topics = pairs.flatMap((pair) => [2 * pair, 2 * pair + 1]);
  const demonstrations = blockDemonstrations(task, { random, topics });
  const prompts = Array.from({ length: settings.diagnosed }, () =>
    blockPrompt(task, demonstrations, { random }),
  );
  const siblings = (matrix: { cols: number; data: Float64Array }) =>
    meanOf([0, 2, 4].map((i) => matrix.data[i * matrix.cols + i + 1]!))!;
  const layers: LookAlikeMeasures["diagnosis"] = [];
  // Below the first block all targets are one token at one position.
  for (let layer = 1; layer < model.config.numHiddenLayers; layer++) {
    const found = await diagnose(model, prompts, { layer, signal });
    layers.push({
      layer,
      // A constant side has no correlation.
      spearman: found.spearman ?? 0,
      siblings: siblings(found.predicted),
      all: meanOf(offDiagonal(found.predicted))!,
      actualSiblings: siblings(found.actual),
      actualAll: meanOf(offDiagonal(found.actual))!,
      accuracy: found.accuracy!,
    });
    await nextTurn();
  }
  return layers;
}

/** Re-weighting and diagnosis of the unsure model. */
export async function* measureLookAlike(
  model: CausalLM,
  measuring: Measuring,
): AsyncGenerator<RunEvent, LookAlikeMeasures, void> {
  const { tasks, diagnoses } = measuring.settings;
  const reweighted: Awaited<ReturnType<typeof reweightTask>>[] = [];
  for (let i = 0; i < tasks; i++) {
    reweighted.push(await reweightTask(model, measuring, i));
    yield { type: "progress", done: 0.6 + (0.2 * (i + 1)) / tasks, message: "re-weighting" };
  }
  const diagnosed: LookAlikeMeasures["diagnosis"][] = [];
  for (let i = 0; i < diagnoses; i++) {
    diagnosed.push(await diagnoseTask(model, measuring, i));
    yield { type: "progress", done: 0.8 + (0.2 * (i + 1)) / diagnoses, message: "diagnosis" };
  }
  return {
    ...(meanFields(reweighted, "vanilla", "twoShots", "reweighted") as Accuracies),
    losses: meanList(reweighted.map(({ losses }) => losses)),
    diagnosis: diagnosed[0]!.map(
      (_, layer) =>
        meanFields(
          diagnosed.map((one) => one[layer]!),
          ...diagnosisFields,
        ) as LayerDiagnosis,
    ),
  };
}
