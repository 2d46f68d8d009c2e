import { join } from "node:path";
import type { Stage } from "@deepgrain/command-line/runs/run-stages";
import {
  type ExpertScores,
  scoreBatches,
  selectExperts,
  writeExpertConfig,
  writeExpertScores,
} from "@deepgrain/esft";
import {
  type CausalLM,
  type LabelledBatch,
  loadModel,
  sequentialBatches,
  type TrainingData,
} from "@deepgrain/lm";
import { type LayerRows, layerRows } from "@deepgrain/studies/shared/layer-rows";
import type { DomainName } from "@deepgrain/studies/shared/texts/text-domains";
import type { EncodedDomain, Job } from "../job";
import { type Measured, measureModel } from "./measure-model";

/** How a text uses the experts. */
export interface TextUse {
  name: DomainName | "task";
  /** Share of the choices that fall on each expert, by layer. */
  shares: LayerRows;
  /** The same on another sample of the text. */
  again: LayerRows;
  /** Tokens on which the first rest. */
  tokens: number;
}

export interface ScoreResult {
  /** The kinds of text of pre-training, then the task. */
  texts: TextUse[];
  /** The experts to train, by layer, best first. */
  selected: LayerRows;
  /** Pairs of the task that did not fit a row, and those that were left out for that. */
  packing: Awaited<ReturnType<Job["task"]>>["packing"];
  /** The model before any fine-tuning. */
  base: Measured;
}

type Batches = AsyncIterable<LabelledBatch> | Iterable<LabelledBatch>;

/** The scores of two samples of a text. */
async function scoreTwice(
  model: CausalLM,
  samples: readonly Batches[],
  { config, signal, progress }: Job,
  title: string,
) {
  const task = progress.task(title);
  const { sampleTokens: nSampleTokens } = config.select;
  const { padTokenId } = model.config;
  const score = (batches: Batches, sample: number) =>
    scoreBatches(model, batches, {
      nSampleTokens,
      padTokenId,
      onTokens: (tokens) =>
        task.update(
          (sample + tokens / nSampleTokens) / 2,
          `sample ${sample + 1} of 2, ${tokens} tokens`,
        ),
      signal,
    });
  const first = await score(samples[0]!, 0);
  const second = await score(samples[1]!, 1);
  task.end(`two samples of ${first.tokens} tokens`);
  return { first, second };
}

/** Training batches in order, without end. */
async function* batchesOf(data: TrainingData, first = 0): AsyncGenerator<LabelledBatch> {
  for (let position = first; ; position++) yield await data.batch(position);
}

/** The halves of a training text, as batches. */
function halvesOf({ tokens }: EncodedDomain, { config }: Job): LabelledBatch[][] {
  const { batchSize, sequenceLength: blockLength } = config.pretrain;
  const middle = tokens.length >> 1;
  const halves = [tokens.subarray(0, middle), tokens.subarray(middle)];
  return halves.map((half) => sequentialBatches(half, { batchSize, blockLength }));
}

const titleOf = (name: TextUse["name"]) =>
  name === "task" ? "Experts used by the task" : `Experts used by ${name}`;

/** A batch of the task that training does not come to in its first epochs. */
const FAR = 1000;

/** Two samples of every kind of text, then of the task. */
async function samplesOf(job: Job) {
  const { domains } = await job.reading();
  const { ownTraining } = await job.task();
  return [
    ...domains.map((domain) => ({ name: domain.name, samples: halvesOf(domain, job) })),
    { name: "task" as const, samples: [batchesOf(ownTraining), batchesOf(ownTraining, FAR)] },
  ];
}

/** Measures which experts each text uses, and chooses those of the task. */
export const scoreStage: Stage<Job> = {
  name: "scores",
  async run(job): Promise<ScoreResult> {
    const { config, folder, signal } = job;
    const model = await loadModel(folder.base, { signal });
    const texts: TextUse[] = [];
    let own: ExpertScores | undefined;
    for (const { name, samples } of await samplesOf(job)) {
      const { first, second } = await scoreTwice(model, samples, job, titleOf(name));
      await writeExpertScores(join(folder.scores, name), first.scores);
      const [shares, again] = [first, second].map(({ scores }) => layerRows(scores.token));
      texts.push({ name, shares: shares!, again: again!, tokens: first.tokens });
      own = first.scores; // the task comes last
    }
    const { sampleTokens: _, ...selection } = config.select;
    const { config: selected } = selectExperts(own!, selection);
    await writeExpertConfig(join(folder.scores, "expert_cfg.json"), selected);
    const base = await measureModel(model, "the base model", job);
    model.dispose();
    const { packing } = await job.task();
    return { texts, selected: layerRows(selected.experts), packing, base };
  },
};
