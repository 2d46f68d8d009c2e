import { join } from "node:path";
import { saveFolder } from "@deepgrain/files";
import type { RunEvent } from "@deepgrain/lab";
import { CausalLM, type ModelConfig, saveModel, type Tokenizer } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { copyTokenizer } from "../../models/copy-tokenizer";
import { modelConfig } from "../../training/model-config";
import { languageModel, runProgress, runTraining } from "../../training/run-training";
import { type ComparisonData, pretrainingData } from "./comparison-data";
import type { EsftSettings } from "./recipe";

/** Folders of the files that runs share. @param artifacts of the study */
export const artifactsOf = (artifacts: string, seed: number) => ({
  tokenizer: join(artifacts, "tokenizer"),
  /** Base model of the seed. */
  base: join(artifacts, "bases", `seed-${seed}`),
  /** Checkpoints of its training, while it lasts. */
  checkpoints: join(artifacts, "checkpoints", `seed-${seed}`),
});

/** A DeepSeekMoE: first layer dense, gates normalised, balance over the batch, whose rows are of different texts. */
function baseConfig(settings: EsftSettings, tokenizer: Tokenizer): ModelConfig {
  const { length: sequenceLength } = settings;
  // Deviation: about the paper's 0.006 at width 2048 times √(2048/d), larger for so short a training.
  const model = { ...settings, initStd: 0.06 };
  const sizes = { model, pretrain: { sequenceLength }, tune: { sequenceLength } };
  const config = modelConfig(sizes, tokenizer) as Extract<ModelConfig, { seqAux: boolean }>;
  return { ...config, seqAux: false, maxPositionEmbeddings: 2 * sequenceLength };
}

/**
 * Trains the base model of a seed and stores it with its tokenizer. A training that was stopped goes on from its last
 * checkpoint.
 * @throws the signal's reason on abort, after saving a checkpoint
 */
export async function* trainBase(
  seed: number,
  settings: EsftSettings,
  data: ComparisonData,
  { artifacts, signal }: { artifacts: string; signal: AbortSignal },
): AsyncGenerator<RunEvent, void, void> {
  const { base, checkpoints, tokenizer } = artifactsOf(artifacts, seed);
  const { pretrainSteps: steps, pretrainRate: peakRate } = settings;
  manualSeed(seed);
  const model = new CausalLM(baseConfig(settings, data.tokenizer));
  try {
    yield* runTraining({
      model: languageModel(model),
      data: { training: pretrainingData(data, settings, seed), heldOut: [] },
      recipe: { steps, peakRate, warmupSteps: Math.ceil(0.02 * steps), checkpointEvery: 250 },
      folder: checkpoints,
      report: runProgress(0.95),
      signal,
    });
    await saveFolder(base, async (path) => {
      await saveModel(path, model);
      await copyTokenizer(tokenizer, path);
    });
  } finally {
    model.dispose();
  }
}
