import { join } from "node:path";
import { groupModel } from "@deepgrain/esft";
import type { RunEvent } from "@deepgrain/lab";
import { CausalLM, copyTokenizer, type LabelledBatch, loadModel, saveModel } from "@deepgrain/lm";
import { saveFolder, saveJson } from "@deepgrain/support/files";
import { manualSeed, writeSafetensors } from "@deepgrain/tensor-gpu";
import { modelConfig } from "../shared/training/model-config";
import { languageModel, runProgress, runTraining } from "../shared/training/run-training";
import { pretrainingData, type SeedRun } from "./comparison-data";

/**
 * Trains the base model of a seed and stores it with its tokenizer. A training that was stopped continues from its last
 * checkpoint.
 * @throws the signal's reason on abort, after saving a checkpoint
 */
export async function* trainBase(run: SeedRun): AsyncGenerator<RunEvent, void, void> {
  const { settings, seed, data, files, signal } = run;
  const { pretrainSteps: steps, pretrainRate: lr } = settings;
  // Deviation: about the paper's 0.006 at width 2048 times √(2048/d), larger for so short a training.
  const sizes = { ...settings, initStd: 0.06 };
  // Balance over the batch, whose rows are of different texts.
  const options = { positions: 2 * settings.length, seqAux: false, normTopkProb: true };
  manualSeed(seed);
  const model = new CausalLM(modelConfig(sizes, data.tokenizer, options));
  try {
    yield* runTraining({
      model: languageModel(model),
      data: { training: pretrainingData(data, settings, seed), heldOut: [] },
      recipe: { steps, lr, warmup: Math.ceil(0.02 * steps), checkpointEvery: 250 },
      folder: files.checkpoints,
      report: runProgress(0.95),
      signal,
    });
    await saveFolder(files.base, async (path) => {
      await saveModel(path, model);
      await copyTokenizer(files.tokenizer, path);
    });
  } finally {
    model.dispose();
  }
}

/** Stores a coarser base model, whose experts are merged in groups, with its tokenizer. */
export async function storeGrouped(
  from: string,
  to: string,
  grouping: { size: number; batches: readonly LabelledBatch[]; signal: AbortSignal },
): Promise<void> {
  const { signal } = grouping;
  const model = await loadModel(from, { signal });
  try {
    const { config, weights } = await groupModel(model, grouping);
    await saveFolder(to, async (path) => {
      await saveJson(join(path, "config.json"), config);
      await writeSafetensors(join(path, "model.safetensors"), weights, { signal });
      await copyTokenizer(from, path);
    });
  } finally {
    model.dispose();
  }
}
