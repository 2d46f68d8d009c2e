import { saveFile } from "../formats/save-file";
import { renderReport } from "../report/render-report";
import { runStages, stageResult } from "../store/run-stages";
import { removeUnfinished } from "../store/save-folder";
import type { Job } from "./job";
import type { JobConfig } from "./job-config";
import { type PretrainResult, pretrainStage } from "./stages/pretrain-stage";
import { type ScoreResult, scoreStage } from "./stages/score-stage";
import { type TokenizerResult, tokenizerStage } from "./stages/tokenizer-stage";
import { esftStage, fullStage, gentleStage, type TuneResult } from "./stages/tune-stages";

/** The parts of a job, in order. */
const stagesOf = ({ tune }: JobConfig) => [
  tokenizerStage,
  pretrainStage,
  scoreStage,
  esftStage,
  ...(tune.gentleRate === null ? [] : [gentleStage]),
  fullStage,
];

/** The stage after which a run is complete. */
export const lastStage = fullStage.name;

/** What the finished stages of a run came to. */
export interface JobResults {
  tokenizer?: TokenizerResult | undefined;
  pretrain?: PretrainResult | undefined;
  scores?: ScoreResult | undefined;
  esft?: TuneResult | undefined;
  gentle?: TuneResult | undefined;
  full?: TuneResult | undefined;
}

/** Reads the results of a run. */
async function jobResults({ folder }: Pick<Job, "folder">): Promise<JobResults> {
  return {
    tokenizer: await stageResult(folder, "tokenizer"),
    pretrain: await stageResult(folder, "pretrain"),
    scores: await stageResult(folder, "scores"),
    esft: await stageResult(folder, "esft"),
    gentle: await stageResult(folder, "gentle"),
    full: await stageResult(folder, "full"),
  };
}

async function writeReport(job: Job): Promise<void> {
  const { folder, config, metrics } = job;
  const html = renderReport({
    name: folder.name,
    config,
    results: await jobResults(job),
    metrics: await metrics.read(),
  });
  await saveFile(folder.report, html);
}

/** Runs what is left of a job, and writes the report anew after each part. */
export async function runJob(job: Job): Promise<JobResults> {
  await removeUnfinished(job.folder.path);
  for await (const _ of runStages(job.folder, stagesOf(job.config), job)) await writeReport(job);
  await writeReport(job);
  return jobResults(job);
}
