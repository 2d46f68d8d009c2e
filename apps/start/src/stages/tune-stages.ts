import { stat } from "node:fs/promises";
import { join } from "node:path";
import { folderSizeBytes } from "@deepgrain/command-line/runs/folder-size";
import type { Stage } from "@deepgrain/command-line/runs/run-stages";
import { driveTraining } from "@deepgrain/command-line/trainings/drive-training";
import {
  type PreparedModel,
  prepareTuning,
  readExpertConfig,
  type TuningMethod,
} from "@deepgrain/esft";
import { copyTokenizer, loadModel } from "@deepgrain/lm";
import { languageModel, runTraining } from "@deepgrain/studies/shared/training/run-training";
import { saveFolder } from "@deepgrain/support/files";
import { manualSeed } from "@deepgrain/tensor-gpu";
import type { Job } from "../job";
import { type Measured, measureModel } from "./measure-model";

export interface TuneResult extends Measured {
  trainedParameters: number;
  /** Bytes to store for the task. */
  bytes: number;
  seconds: number;
}

interface Tuning {
  stage: "esft" | "full";
  title: string;
  /** The trained model on the screen. */
  who: string;
  lr: number;
  method: TuningMethod;
  /** Stores what was trained. @returns its size in bytes */
  save(prepared: PreparedModel): Promise<number>;
}

/** Fine-tunes the base model on the task, on the same batches whatever is trained. */
async function tune(
  job: Job,
  { stage, title, who, lr, method, save }: Tuning,
): Promise<TuneResult> {
  const { config, folder, metrics, progress, signal, assertOutputs } = job;
  const { seed } = config;
  const { training, validation } = await job.task();
  manualSeed(seed);
  const model = await loadModel(folder.base, { signal });
  const prepared = prepareTuning(model, method, { seed, signal });
  const { trainedParameters, seconds } = await runTraining({
    model: languageModel(model),
    data: { training, heldOut: validation.slice(0, Math.ceil(validation.length / 4)) },
    recipe: { ...config.tune, lr, measuresStart: true },
    folder: folder.checkpoints(stage),
    parts: prepared.parts,
    report: driveTraining({
      stage,
      title,
      progress,
      metrics,
      evaluateEvery: config.tune.evaluateEvery,
      assertOutputs,
    }),
    signal,
  });
  const measured = await measureModel(model, who, job);
  const bytes = await save(prepared);
  model.dispose();
  return { ...measured, trainedParameters, bytes, seconds };
}

/** Trains the selected experts alone. */
export const esftStage: Stage<Job> = {
  name: "esft",
  run: async (job) =>
    tune(job, {
      stage: "esft",
      title: "Fine-tuning the chosen experts",
      who: "the model with its chosen experts tuned",
      lr: job.config.tune.expertRate,
      method: {
        kind: "experts",
        config: await readExpertConfig(join(job.folder.scores, "expert_cfg.json")),
      },
      async save({ store }) {
        await saveFolder(job.folder.adapter, async (path) => void (await store(path)));
        return folderSizeBytes(job.folder.adapter);
      },
    }),
};

/** Trains every weight, for comparison. */
export const fullStage: Stage<Job> = {
  name: "full",
  run: (job) =>
    tune(job, {
      stage: "full",
      title: "Fine-tuning all weights",
      who: "the fully tuned model",
      lr: job.config.tune.fullRate,
      method: { kind: "full" },
      async save({ store }) {
        const { full, tokenizer } = job.folder;
        await saveFolder(full, async (path) => {
          await store(path);
          await copyTokenizer(tokenizer, path);
        });
        return weightBytes(full);
      },
    }),
};

const weightBytes = async (folder: string): Promise<number> =>
  (await stat(join(folder, "model.safetensors"))).size;
