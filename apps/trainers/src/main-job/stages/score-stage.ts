import { join } from "node:path";
import {
  type ExpertScores,
  scoreExperts,
  selectExperts,
  writeExpertConfig,
  writeExpertScores,
} from "@deepgrain/esft";
import { type CausalLM, type LabelledBatch, loadModel } from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import type { Stage } from "../../store/run-stages";
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
  /** The model before any fine-tuning. */
  base: Measured;
}

async function score(
  model: CausalLM,
  batches: AsyncIterable<LabelledBatch> | Iterable<LabelledBatch>,
  { config, signal, progress }: Job,
  title: string,
): Promise<{ scores: ExpertScores; tokens: number }> {
  const task = progress.task(title);
  const { padTokenId } = model.config;
  const events = scoreExperts(model, batches, {
    run: (batch: LabelledBatch) => {
      const attentionMask = Array.from(batch.ids, (id) => (id === padTokenId ? 0 : 1));
      return model.hiddenStates(batch, { attentionMask });
    },
    nSampleTokens: config.select.sampleTokens,
    signal,
  });
  let tokens = 0;
  for (;;) {
    const { done, value } = await events.next();
    if (done) {
      task.end(`${tokens} tokens`);
      return { scores: value, tokens };
    }
    tokens = value.tokens;
    if (value.type === "sample-end") task.update(tokens / value.nSampleTokens, `${tokens} tokens`);
    await nextTurn();
  }
}

/** The training batches of the task in order, without end. */
async function* trainingBatches(job: Job): AsyncGenerator<LabelledBatch> {
  const { training } = await job.task();
  for (let position = 0; ; position++) yield await training.batch(position);
}

const rows = (layers: ReadonlyMap<number, ArrayLike<number>>): LayerRows =>
  Object.fromEntries([...layers].map(([layer, values]) => [layer, Array.from(values)]));

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
      english: rows(english.scores.token),
      task: rows(task.scores.token),
      selected: rows(selected.experts),
      tokens: { english: english.tokens, task: task.tokens },
      base,
    };
  },
};
