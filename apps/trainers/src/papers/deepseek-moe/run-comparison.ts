import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../cli/progress";
import { runTrainings, type Training } from "../../experiments/trainings/run-trainings";
import { readJson } from "../../formats/read-json";
import { claimComparison } from "../../store/claim-comparison";
import { fingerprintTexts } from "../../store/fingerprint";
import { type ExperimentId, variantsOf } from "./claims";
import { comparisonDomains } from "./corpus";
import { type ComparisonSettings, settingsSchema } from "./settings";
import { type TrainingResult, trainingResultSchema } from "./training-result";
import type { VariantTraining } from "./variant-training";
import { variants } from "./variants";

/** What to compare, and where it is kept. */
export interface ComparisonOptions {
  /** Folder of the comparison; what is finished in it is not done again. */
  folder: string;
  settings: ComparisonSettings;
  seeds: readonly number[];
  experiments: readonly ExperimentId[];
  /** Trainings at a time. */
  workers: number;
  progress: Progress;
  signal: AbortSignal;
  /** Throws when the folder, which is locked, was deleted or taken over meanwhile. */
  assertOutputs(): Promise<void>;
}

/** Seed by seed, so that an interrupted comparison has whole pairs. */
function trainingsOf({ folder, settings, seeds, experiments }: ComparisonOptions): Training[] {
  const wanted = new Set(experiments.flatMap(variantsOf));
  const chosen = variants.filter(({ id }) => wanted.has(id));
  return seeds.flatMap((seed) =>
    chosen.map(({ id, name }) => ({
      kind: "moe-variant" as const,
      name: `seed ${seed}, ${name}`,
      input: { variant: id, seed, settings } satisfies VariantTraining,
      path: join(folder, "trainings", id, `seed-${seed}.json`),
    })),
  );
}

/**
 * Trains every variant that the experiments need at every seed. A training that several experiments use is done once;
 * each is saved when it ends, and one whose file is there is read instead.
 *
 * @returns all trainings, seed by seed
 * @throws {UsageError} for a folder of something else, or with other settings or data; the signal's reason on abort
 */
export async function runComparison(options: ComparisonOptions): Promise<TrainingResult[]> {
  const { folder, settings, workers, progress, signal, assertOutputs } = options;
  const readData = async () => {
    const domains = await comparisonDomains({ characters: settings.characters, signal });
    const texts = domains.flatMap(({ train, validation }) => [train, validation]);
    return { texts: fingerprintTexts(texts) };
  };
  const parts = ["trainings"];
  await claimComparison(folder, { settings, schema: settingsSchema, readData, parts });
  const trainings = trainingsOf(options);
  const missing = trainings.filter(({ path }) => !existsSync(path));
  if (missing.length > 0)
    await runTrainings(missing, { workers, progress, signal, assertOutputs, title: "comparing" });
  if (missing.length < trainings.length)
    progress.note(`${trainings.length - missing.length} trainings were there already`);
  signal.throwIfAborted();
  return Promise.all(trainings.map(({ path }) => readJson(path, trainingResultSchema)));
}
