import { existsSync } from "node:fs";
import { removeFolder } from "@deepgrain/files";
import { getBackend, setBackend } from "@deepgrain/tensor-gpu";
import type { TrainingContext } from "../../experiments/trainings/training-kinds";
import { readJson } from "../../formats/read-json";
import { oneThreadBackend } from "../one-thread-backend";
import { trainBase } from "./base-model";
import { type ComparisonData, readData } from "./comparison-data";
import { comparisonFolder } from "./comparison-folder";
import { type BaseCosts, measureCosts } from "./measure-costs";
import { mainMethods, sweepMethods } from "./methods";
import { type BaseScores, scoreBase, scoresSchema } from "./score-base";
import type { EsftSettings } from "./settings";
import type { TaskId } from "./tasks";
import { type TuningResult, tuneBase } from "./tune-base";

/** A base model to train and score, as plain data. */
export interface BaseTraining {
  /** Path of the comparison. */
  folder: string;
  seed: number;
  settings: EsftSettings;
}

/** A fine-tuning, as plain data. */
export interface TuningTraining extends BaseTraining {
  task: TaskId;
  /** Id of the method. */
  method: string;
}

let read: { key: string; data: Promise<ComparisonData> } | undefined;

/** The texts are read once a thread. */
function dataOf({ folder, settings }: BaseTraining, signal: AbortSignal): Promise<ComparisonData> {
  const key = JSON.stringify([folder, settings]);
  if (read?.key !== key)
    read = { key, data: readData(comparisonFolder(folder).tokenizer, settings, signal) };
  return read.data;
}

/** Trains the base model of a seed unless it is there, and scores its experts. */
export async function runBase(
  input: BaseTraining,
  { signal, report }: TrainingContext,
): Promise<BaseScores> {
  const { seed, settings } = input;
  const folder = comparisonFolder(input.folder);
  const data = await dataOf(input, signal);
  const onStep = (step: number, steps: number, loss: number) =>
    report((0.95 * step) / steps, `loss ${loss.toFixed(3)}`);
  const base = folder.base(seed);
  if (!existsSync(base)) await trainBase(seed, settings, data, { folder, signal, onStep });
  await removeFolder(folder.checkpoints(seed)); // here, as a kill may come between the two
  return scoreBase(seed, settings, data, { base, signal });
}

/** Fine-tunes a base model and measures it. */
export async function runTuning(
  input: TuningTraining,
  { signal, report }: TrainingContext,
): Promise<TuningResult> {
  const { seed, settings, task, method: id } = input;
  const folder = comparisonFolder(input.folder);
  const data = await dataOf(input, signal);
  const scores = await readJson(folder.scores(seed), scoresSchema);
  const method = [...mainMethods(settings), ...sweepMethods(settings)].find((m) => m.id === id)!;
  const onStep = (step: number, steps: number, loss: number) =>
    report((0.8 * step) / steps, `loss ${loss.toFixed(3)}`);
  return tuneBase(
    method,
    { settings, scores, task, seed },
    {
      base: folder.base(seed),
      data,
      signal,
      onStep,
    },
  );
}

/** Times the methods' steps on one thread, alone. */
export async function runCosts(
  input: BaseTraining,
  { signal }: TrainingContext,
): Promise<BaseCosts> {
  const { seed, settings } = input;
  const folder = comparisonFolder(input.folder);
  const data = await dataOf(input, signal);
  const scores = await readJson(folder.scores(seed), scoresSchema);
  const before = getBackend();
  const single = oneThreadBackend(before.name) ?? before;
  setBackend(single);
  try {
    const task = settings.tasks.at(-1)!;
    return await measureCosts(
      { settings, scores, task, seed },
      { base: folder.base(seed), data, signal },
    );
  } finally {
    setBackend(before);
    if (single !== before) await single.dispose();
  }
}
