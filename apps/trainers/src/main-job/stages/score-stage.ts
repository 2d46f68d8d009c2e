import { join } from "node:path";
import { selectExperts, writeExpertConfig, writeExpertScores } from "@deepgrain/esft";
import { type CausalLM, type LabelledBatch, loadModel } from "@deepgrain/lm";
import type { Stage } from "../../store/run-stages";
import { layerRows, type ScoredText, scoreBatches } from "../../training/score-batches";
import type { Job } from "../job";
import { type Measured, measureModel } from "./measure-model";

/** Scores of one layer's experts. */
type LayerRows = Record<string, number[]>;

export interface ScoreResult {
  /** Share of the choices that fall on each expert, by layer. */
  english: LayerRows;
  task: LayerRows;
  /** The experts to train, by layer, best first. */
  selected: LayerRows;
  /** Tokens on which the scores rest. */
  tokens: { english: number; task: number };
  /** Task messages that did not fit a sequence, and those that were left out for that. */
  packing?: Awaited<ReturnType<Job["task"]>>["packing"];
  /** The model before any fine-tuning. */
  base: Measured;
}

async function score(
  model: CausalLM,
  batches: AsyncIterable<LabelledBatch> | Iterable<LabelledBatch>,
  { config, signal, progress }: Job,
  title: string,
): Promise<ScoredText> {
  const task = progress.task(title);
  const { sampleTokens: nSampleTokens } = config.select;
  const onTokens = (tokens: number) => task.update(tokens / nSampleTokens, `${tokens} tokens`);
  const { padTokenId } = model.config;
  const options = { nSampleTokens, padTokenId, onTokens, signal };
  const scored = await scoreBatches(model, batches, options);
  task.end(`${scored.tokens} tokens`);
  return scored;
}

/** The training batches of the task in order, without end. */
async function* trainingBatches(job: Job): AsyncGenerator<LabelledBatch> {
  const { training } = await job.task();
  for (let position = 0; ; position++) yield await training.batch(position);
}

/** Measures which experts each text uses, and chooses those of the task. */
export const scoreStage: Stage<Job> = {
  name: "scores",
  async run(job): Promise<ScoreResult> {
    const { config, folder, signal } = job;
    const model = await loadModel(folder.base, { signal });
    const { validation } = await job.english();
    const english = await score(model, validation, job, "Experts that English uses");
    const task = await score(model, trainingBatches(job), job, "Experts that the task uses");
    const { scoreFunction, topP } = config.select;
    const { config: selected } = selectExperts(task.scores, { scoreFunction, topP });
    await writeExpertScores(join(folder.scores, "english"), english.scores);
    await writeExpertScores(join(folder.scores, "task"), task.scores);
    await writeExpertConfig(join(folder.scores, "expert_cfg.json"), selected);
    const base = await measureModel(model, job);
    model.dispose();
    return {
      english: layerRows(english.scores.token),
      task: layerRows(task.scores.token),
      selected: layerRows(selected.experts),
      tokens: { english: english.tokens, task: task.tokens },
      packing: (await job.task()).packing,
      base,
    };
  },
};
