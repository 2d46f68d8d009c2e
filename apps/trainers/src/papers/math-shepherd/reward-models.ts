import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, loadModel } from "@deepgrain/lm";
import { type LabelledSolution, outcomeRow } from "@deepgrain/prm";
import { StepRewardModel, trainingSamples, trainStepRewards } from "@deepgrain/prm/lm";
import { optim } from "@deepgrain/tensor-gpu";
import { nextTurn } from "../../cli/next-turn";
import { tokenizer } from "./policy";

/** What reward models are trained for. */
export type Target = "process" | "outcome";

export const { encode } = tokenizer;

/** Trains a reward model that begins as the policy of a folder, on annotated solutions: on their steps, or on their answers alone. */
export async function* trainRewardModel(
  folder: string,
  labelled: readonly LabelledSolution[],
  {
    target,
    steps,
    seed,
    signal,
  }: { target: Target; steps: number; seed: number; signal: AbortSignal },
): AsyncGenerator<RunEvent, StepRewardModel, void> {
  const policy: CausalLM = await loadModel(folder, { signal });
  const model = new StepRewardModel(policy, { kind: "likelihood" });
  const all = labelled.map(({ values, ...row }) => ({ ...row, labels: values }));
  const rows = target === "process" ? all : all.map(outcomeRow);
  const { samples } = trainingSamples(rows, { encode, target });
  const schedule = optim.cosineSchedule({ peak: 3e-4, warmup: 20, total: steps, floor: 3e-5 });
  const config = { steps, schedule, batchSize: 16, padTokenId: tokenizer.eosTokenId, seed, signal };
  for await (const event of trainStepRewards(model, samples, config)) {
    if (event.type !== "step-end") continue;
    const name = target === "process" ? "PRM" : "ORM";
    yield {
      type: "progress",
      message: `${name} step ${event.step}, loss ${event.loss.toFixed(3)}`,
    };
    await nextTurn();
  }
  return model;
}
