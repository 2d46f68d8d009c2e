import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../cli/progress";
import { UsageError } from "../../cli/usage-error";
import { readJson } from "../../formats/read-json";
import { saveJson } from "../../formats/save-file";
import { duration } from "../../job/duration";
import { removeUnfinished } from "../../store/save-folder";
import { type ExperimentId, variantsOf } from "./claims";
import { comparisonDomains, validationBatches } from "./corpus";
import { type ComparisonSettings, settingsSchema } from "./settings";
import { trainVariant } from "./train-variant";
import { type TrainingResult, trainingResultSchema } from "./training-result";
import { type Variant, variants } from "./variants";

/** What to compare, and where it is kept. */
export interface ComparisonOptions {
  /** Folder of the comparison; what is finished in it is not done again. */
  folder: string;
  settings: ComparisonSettings;
  seeds: readonly number[];
  experiments: readonly ExperimentId[];
  progress: Progress;
  signal: AbortSignal;
}

interface Training {
  variant: Variant;
  seed: number;
  path: string;
}

/** Makes the folder's settings these, or sees that they are. */
async function claimFolder(folder: string, settings: ComparisonSettings): Promise<void> {
  const path = join(folder, "settings.json");
  if (!existsSync(path)) return saveJson(path, settings);
  const old = await readJson(path, settingsSchema);
  const differing = Object.entries(settings).filter(
    ([name, value]) => old[name as keyof ComparisonSettings] !== value,
  );
  if (differing.length > 0)
    throw new UsageError(
      `${folder} holds a comparison with other settings (${differing.map(([name]) => name).join(", ")}); take another --out`,
    );
}

/** Seed by seed, so that an interrupted comparison has whole pairs. */
function trainingsOf({ folder, seeds, experiments }: ComparisonOptions): Training[] {
  const wanted = new Set(experiments.flatMap(variantsOf));
  const chosen = variants.filter(({ id }) => wanted.has(id));
  return seeds.flatMap((seed) =>
    chosen.map((variant) => ({
      variant,
      seed,
      path: join(folder, "trainings", variant.id, `seed-${seed}.json`),
    })),
  );
}

/**
 * Trains every variant that the experiments need at every seed. A training that several experiments use is done once;
 * each is saved when it ends, and one whose file is there is read instead.
 *
 * @returns all trainings, seed by seed
 * @throws {UsageError} for a folder with other settings; the signal's reason on abort
 */
export async function runComparison(options: ComparisonOptions): Promise<TrainingResult[]> {
  const { folder, settings, progress, signal } = options;
  await claimFolder(folder, settings);
  await removeUnfinished(folder);
  const trainings = trainingsOf(options);
  const missing = trainings.filter(({ path }) => !existsSync(path));
  if (missing.length > 0) await trainAll(missing, options);
  if (missing.length < trainings.length)
    progress.note(`${trainings.length - missing.length} trainings were there already`);
  signal.throwIfAborted();
  return Promise.all(trainings.map(({ path }) => readJson(path, trainingResultSchema)));
}

async function trainAll(
  missing: readonly Training[],
  { settings, progress, signal }: ComparisonOptions,
): Promise<void> {
  const domains = await comparisonDomains({ characters: settings.characters, signal });
  const validation = validationBatches(domains, settings, settings.validationBatches);
  const task = progress.task("comparing");
  const began = performance.now();
  for (const [i, { variant, seed, path }] of missing.entries()) {
    const onStep = (step: number, loss: number) => {
      const done = (i + step / settings.steps) / missing.length;
      const left = ((performance.now() - began) / 1000) * (1 / done - 1);
      const where = `seed ${seed}, ${variant.name}`;
      task.update(done, `${where} · loss ${loss.toFixed(3)} · ${duration(left)} left`);
    };
    const setup = { settings, domains, validation, signal, onStep };
    await saveJson(path, await trainVariant(variant, seed, setup));
  }
  const seconds = (performance.now() - began) / 1000;
  task.end(`${missing.length} trainings in ${duration(seconds)}`);
}
