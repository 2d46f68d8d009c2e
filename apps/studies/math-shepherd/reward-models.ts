import type { RunEvent } from "@deepgrain/lab";
import { loadModel } from "@deepgrain/lm";
import { type LabelledSolution, outcomeRow } from "@deepgrain/prm";
import { StepRewardModel, trainingSamples, trainStepRewards } from "@deepgrain/prm/lm";
import { optim } from "@deepgrain/tensor-gpu";
import { stepsOf, tokenizer } from "./policy";
import { REWARD_BATCH } from "./recipe";

/** The target of a reward model's training. */
export type Target = "process" | "outcome";

export const { encode } = tokenizer;

/** A reward model as it begins: a policy's model, whose scores are one minus its surprise. No label is in it. */
export const untrainedRewardModel = async (folder: string, signal: AbortSignal) =>
  new StepRewardModel(await loadModel(folder, { signal }), { kind: "likelihood" });

/** Trains a reward model that begins as the policy of a folder, on annotated solutions: on their steps, or on their answers alone. */
export async function* trainRewardModel(
  folder: string,
  labelled: readonly LabelledSolution[],
  given: { target: Target; steps: number; peak: number; seed: number; signal: AbortSignal },
): AsyncGenerator<RunEvent, StepRewardModel, void> {
  const { target, steps, peak, seed, signal } = given;
  const model = await untrainedRewardModel(folder, signal);
  const all = labelled.map(({ values, ...row }) => ({ ...row, labels: values }));
  const rows = target === "process" ? all : all.map(outcomeRow);
  const { samples } = trainingSamples(rows, { encode, target });
  const lr = optim.cosineSchedule({ peak, warmup: 20, total: steps, floor: peak / 10 });
  const padTokenId = tokenizer.eosTokenId;
  const config = { steps, lr, batchSize: REWARD_BATCH, padTokenId, seed, signal };
  const name = target === "process" ? "PRM" : "ORM";
  yield* stepsOf(name, trainStepRewards(model, samples, config));
  return model;
}
