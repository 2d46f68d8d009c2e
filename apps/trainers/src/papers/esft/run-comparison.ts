import { existsSync } from "node:fs";
import type { Progress } from "../../cli/progress";
import { runTrainings, type Training } from "../../experiments/trainings/run-trainings";
import { readJson } from "../../formats/read-json";
import { claimComparison } from "../../store/claim-comparison";
import { fingerprintData, makeTokenizer } from "./comparison-data";
import { type ComparisonFolder, comparisonFolder } from "./comparison-folder";
import { type ExperimentId, methodsOf } from "./experiments";
import { type BaseCosts, costsSchema } from "./measure-costs";
import { type BaseScores, scoresSchema } from "./score-base";
import { type EsftSettings, settingsSchema } from "./settings";
import type { BaseTraining, TuningTraining } from "./trainings";
import { type TuningResult, tuningSchema } from "./tune-base";

/** What to compare, and where it is kept. */
export interface ComparisonOptions {
  /** Folder of the comparison; what is finished in it is not done again. */
  folder: string;
  settings: EsftSettings;
  seeds: readonly number[];
  experiments: readonly ExperimentId[];
  /** Trainings at a time. */
  workers: number;
  progress: Progress;
  signal: AbortSignal;
  /** Throws when the folder, which is locked, was deleted or taken over meanwhile. */
  assertOutputs(): Promise<void>;
}

/** Everything that was trained and measured. */
export interface Results {
  scores: BaseScores[];
  tunings: TuningResult[];
  costs: BaseCosts[];
}

function baseTrainings(
  folder: ComparisonFolder,
  { settings, seeds }: ComparisonOptions,
): Training[] {
  return seeds.map((seed) => ({
    kind: "esft-base",
    name: `seed ${seed}, base model`,
    input: { folder: folder.path, seed, settings } satisfies BaseTraining,
    path: folder.scores(seed),
    weight: existsSync(folder.base(seed)) ? 0.1 : settings.pretrainSteps / settings.tuneSteps,
  }));
}

/** Seed by seed, so that an interrupted comparison has whole pairs. */
function tuningTrainings(
  folder: ComparisonFolder,
  { settings, seeds, experiments }: ComparisonOptions,
): Training[] {
  const methods = methodsOf(experiments, settings);
  return seeds.flatMap((seed) =>
    settings.tasks.flatMap((task) =>
      methods.map(({ id, name, rate }) => ({
        kind: "esft-tuning" as const,
        name: `seed ${seed}, ${task}, ${name}`,
        input: {
          folder: folder.path,
          seed,
          settings,
          task,
          method: id,
        } satisfies TuningTraining,
        path: folder.tuning(seed, task, id),
        after: folder.scores(seed),
        weight: rate === 0 ? 0.3 : 1.3,
      })),
    ),
  );
}

function costTrainings(
  folder: ComparisonFolder,
  { settings, seeds, experiments }: ComparisonOptions,
): Training[] {
  if (!experiments.includes("B-10")) return [];
  return seeds.map((seed) => ({
    kind: "esft-costs",
    name: `seed ${seed}`,
    input: { folder: folder.path, seed, settings } satisfies BaseTraining,
    path: folder.costs(seed),
  }));
}

/**
 * Trains and scores the base models, fine-tunes them by every method that the experiments need, and times the methods
 * alone at the end. Each result is saved when it is there, and one whose file is there is read instead; a base model that
 * was stopped goes on from its last checkpoint.
 *
 * @throws {UsageError} for a folder of something else, or with other settings or data; {FormatError} for a file of another form; the signal's reason on
 *   abort
 */
export async function runComparison(options: ComparisonOptions): Promise<Results> {
  const { settings, workers, progress, signal, assertOutputs } = options;
  const folder = comparisonFolder(options.folder);
  const readData = () => fingerprintData(settings, signal);
  const parts = ["bases", "checkpoints", "costs", "scores", "tokenizer", "tunings"];
  await claimComparison(folder.path, { settings, schema: settingsSchema, readData, parts });
  if (!existsSync(folder.tokenizer)) await makeTokenizer(folder.tokenizer, settings, options);
  const [bases, tunings, costs] = [
    baseTrainings(folder, options),
    tuningTrainings(folder, options),
    costTrainings(folder, options),
  ];
  const missing = ({ path }: Training) => !existsSync(path);
  const trainings = [...bases, ...tunings].filter(missing);
  const found = bases.length + tunings.length - trainings.length;
  if (found > 0) progress.note(`${found} trainings were there already`);
  if (trainings.length > 0)
    await runTrainings(trainings, { workers, progress, signal, assertOutputs, title: "comparing" });
  const toMeasure = costs.filter(missing);
  if (toMeasure.length > 0)
    await runTrainings(toMeasure, {
      workers: 1,
      progress,
      signal,
      assertOutputs,
      title: "timing steps",
    });
  signal.throwIfAborted();
  return {
    scores: await Promise.all(bases.map(({ path }) => readJson(path, scoresSchema))),
    tunings: await Promise.all(tunings.map(({ path }) => readJson(path, tuningSchema))),
    costs: await Promise.all(costs.map(({ path }) => readJson(path, costsSchema))),
  };
}
