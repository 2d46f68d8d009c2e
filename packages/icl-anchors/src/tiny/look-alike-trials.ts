import { type CausalLM, permutation } from "@deepgrain/lm";
import { offDiagonal } from "../diagnosis/confusion";
import { diagnose } from "../diagnosis/diagnose";
import { optionsOf, refuseUnknown } from "../errors";
import { answerReweighted } from "../reweighting/answer-reweighted";
import { reweight } from "../reweighting/reweight";
import { accuracyOf, answers } from "../run/answers";
import { blockDemonstrations, blockPrompt } from "./block-prompts";
import { type BlockTask, blockTopics } from "./block-task";

/** Options of both trials. */
export interface TrialOptions {
  random: () => number;
  /** Prompts to ask. */
  queries: number;
  /** Awaited between steps, so that the thread can do other things. */
  pause?: (() => Promise<unknown>) | undefined;
  signal?: AbortSignal | undefined;
}

/** Accuracies on one task with fixed demonstrations. */
export interface ReweightTrial {
  vanilla: number;
  /** With two demonstrations per class. */
  twoShots: number;
  reweighted: number;
  /** Training loss by epoch. */
  losses: number[];
}

const AUXILIARY = 4;

/** Re-weights on one task: 4 classes, fixed demonstrations, 4 further examples per class. @throws as `reweight` */
export async function reweightTrial(
  model: CausalLM,
  task: BlockTask,
  options: TrialOptions & { epochs: number; seed: number },
): Promise<ReweightTrial> {
  const { random, queries, pause, signal, epochs, seed, ...rest } = optionsOf(
    "reweightTrial",
    options,
  );
  refuseUnknown("reweightTrial", rest);
  const topics = blockTopics(task, 4, random);
  const names = [...permutation(task.labels, random)].slice(0, topics.length);
  const demonstrations = blockDemonstrations(task, { random, topics, names });
  const double = blockDemonstrations(task, { random, topics, names, shots: 2 });
  const training = topics.flatMap((_, gold) =>
    Array.from({ length: AUXILIARY }, () => blockPrompt(task, demonstrations, { random, gold })),
  );
  const ask = (shown: typeof demonstrations) =>
    Array.from({ length: queries }, () => blockPrompt(task, shown, { random }));
  const prompts = ask(demonstrations);
  const more = ask(double);
  const vanilla = accuracyOf(prompts, await answers(model, prompts, { signal }))!;
  const twoShots = accuracyOf(more, await answers(model, more, { signal }))!;
  for await (const event of reweight(model, training, { epochs, seed, signal })) {
    await pause?.();
    if (event.type !== "reweight-end") continue;
    const given = await answerReweighted(model, event.reweighting, prompts, { signal });
    return { vanilla, twoShots, reweighted: accuracyOf(prompts, given)!, losses: event.losses };
  }
  throw new Error("re-weighting ended without a result");
}

/** One layer's prediction for three pairs of siblings, and the model's behaviour. */
export interface SiblingDiagnosis {
  layer: number;
  /** Rank correlation of predicted and actual; 0 if one side is constant. */
  spearman: number;
  /** Mean predicted distance of siblings, and of all pairs. */
  siblings: number;
  all: number;
  /** How well siblings, and all pairs, are separated (AUC). */
  actualSiblings: number;
  actualAll: number;
  accuracy: number;
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Diagnoses six classes made of three pairs of siblings, layer by layer. @throws as `diagnose` */
export async function siblingTrial(
  model: CausalLM,
  task: BlockTask,
  options: TrialOptions,
): Promise<SiblingDiagnosis[]> {
  const { random, queries, pause, signal, ...rest } = optionsOf("siblingTrial", options);
  refuseUnknown("siblingTrial", rest);
  const pairs = [...permutation(task.topics / 2, random)].slice(0, 3);
  const topics = pairs.flatMap((pair) => [2 * pair, 2 * pair + 1]);
  const demonstrations = blockDemonstrations(task, { random, topics });
  const prompts = Array.from({ length: queries }, () =>
    blockPrompt(task, demonstrations, { random }),
  );
  const siblings = (matrix: { cols: number; data: Float64Array }) =>
    meanOf([0, 2, 4].map((i) => matrix.data[i * matrix.cols + i + 1]!));
  const layers: SiblingDiagnosis[] = [];
  // Before the first block, all targets are the same token at the same position.
  for (let layer = 1; layer < model.config.numHiddenLayers; layer++) {
    const found = await diagnose(model, prompts, { layer, signal });
    layers.push({
      layer,
      spearman: found.spearman ?? 0,
      siblings: siblings(found.predicted),
      all: meanOf(offDiagonal(found.predicted)),
      actualSiblings: siblings(found.actual),
      actualAll: meanOf(offDiagonal(found.actual)),
      accuracy: found.accuracy!,
    });
    await pause?.();
  }
  return layers;
}
