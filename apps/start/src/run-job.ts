import { existsSync } from "node:fs";
import { differences } from "@deepgrain/command-line/runs/differences";
import { removeUnfinished } from "@deepgrain/command-line/runs/remove-unfinished";
import { runStages, stageResult } from "@deepgrain/command-line/runs/run-stages";
import { fingerprintSplit, fingerprintsSchema } from "@deepgrain/studies/shared/fingerprint";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { saveJson, saveText } from "@deepgrain/support/files";
import type { Job } from "./job";
import { renderReport } from "./report/render-report";
import type { JobResults } from "./report/report-input";
import { pretrainStage } from "./stages/pretrain-stage";
import { scoreStage } from "./stages/score-stage";
import { switchStage } from "./stages/switch-stage";
import { tokenizerStage } from "./stages/tokenizer-stage";
import { esftStage, fullStage } from "./stages/tune-stages";
import { writeCards } from "./write-cards";

/** The parts of a job, in order. */
const stages = [tokenizerStage, pretrainStage, scoreStage, esftStage, fullStage, switchStage];

/** The stage after which a run is complete. */
export const lastStage = switchStage.name;

/** Reads the results of a run. */
async function jobResults({ folder }: Pick<Job, "folder">): Promise<JobResults> {
  return {
    tokenizer: await stageResult(folder, "tokenizer"),
    pretrain: await stageResult(folder, "pretrain"),
    scores: await stageResult(folder, "scores"),
    esft: await stageResult(folder, "esft"),
    full: await stageResult(folder, "full"),
    switch: await stageResult(folder, "switch"),
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
  await saveText(folder.report, html);
}

/**
 * Records fingerprints of the data that the run reads, or checks that they have not changed.
 * @throws {UsageError} naming the text that has changed
 */
async function claimData({ folder, config, signal, texts }: Job): Promise<void> {
  const read = (await texts()).map((text) => [text.name, fingerprintSplit(text)] as const);
  const task = fingerprintSplit(await checkedTasks[config.task.id].read(signal));
  const data = { ...Object.fromEntries(read), task };
  if (!existsSync(folder.data)) return saveJson(folder.data, data);
  const differing = differences(await readJson(folder.data, fingerprintsSchema), data);
  if (differing.length > 0)
    throw new UsageError(
      `run "${folder.name}" was begun with other data: ${differing.join("; ")}; begin a new run`,
    );
}

/** Runs the remaining stages of a job, and rewrites the report after each stage. */
export async function runJob(job: Job): Promise<JobResults> {
  await removeUnfinished(job.folder.path, ["checkpoints", "results", "scores"]);
  await claimData(job);
  for await (const _ of runStages(job.folder, stages, job)) await writeReport(job);
  await writeReport(job);
  const results = await jobResults(job);
  await writeCards(job, results);
  return results;
}
