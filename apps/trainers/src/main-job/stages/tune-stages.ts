import { cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { freezeExcept, readExpertConfig, saveAdapter } from "@deepgrain/esft";
import { saveFolder } from "@deepgrain/files";
import { type CausalLM, evaluate, loadModel, saveModel, train } from "@deepgrain/lm";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { folderSizeBytes } from "../../store/folder-size";
import type { Stage } from "../../store/run-stages";
import { driveTraining } from "../../training/drive-training";
import type { Job } from "../job";
import { type Measured, measureModel } from "./measure-model";

export interface TuneResult extends Measured {
  trainedParameters: number;
  /** What has to be stored for the task. */
  bytes: number;
  seconds: number;
}

interface Tuning {
  stage: "esft" | "full" | "gentle";
  title: string;
  peakRate: number;
  /** Freezes what is not trained. */
  prepare(model: CausalLM): Promise<void>;
  /** Stores what was trained. @returns its size in bytes */
  save(model: CausalLM): Promise<number>;
}

/** Fine-tunes the base model on the task, on the same batches whatever is trained. */
async function tune(
  job: Job,
  { stage, title, peakRate, prepare, save }: Tuning,
): Promise<TuneResult> {
  const { config, folder, metrics, progress, signal, assertOutputs } = job;
  const task = await job.task();
  manualSeed(config.seed);
  const model = await loadModel(folder.base, { signal });
  await prepare(model);
  const { steps, warmupSteps, evaluateEvery, checkpointEvery } = config.tune;
  const floor = peakRate / 10;
  const events = train(model, task.training, {
    steps,
    schedule: optim.cosineSchedule({ peak: peakRate, warmup: warmupSteps, total: steps, floor }),
    evaluation: { batches: task.validation, everySteps: evaluateEvery },
    checkpoint: { folder: folder.checkpoints(stage), everySteps: checkpointEvery },
    resume: true,
    signal,
  });
  const { trainedParameters, seconds } = await driveTraining(events, {
    stage,
    title,
    progress,
    metrics,
    assertOutputs,
    async onStart(step) {
      if (step > 0) return;
      const { loss } = await evaluate(model, task.validation, { signal });
      await metrics.append({ stage, type: "eval-end", step: 0, loss });
    },
  });
  const measured = await measureModel(model, job);
  const bytes = await save(model);
  model.dispose();
  return { ...measured, trainedParameters, bytes, seconds };
}

/** Trains the selected experts alone. */
export const esftStage: Stage<Job> = {
  name: "esft",
  async run(job) {
    const { config, folder, signal } = job;
    const experts = await readExpertConfig(join(folder.scores, "expert_cfg.json"));
    return tune(job, {
      stage: "esft",
      title: "Fine-tuning the chosen experts",
      peakRate: config.tune.expertRate,
      async prepare(model) {
        freezeExcept(model, experts);
      },
      async save(model) {
        await saveFolder(folder.adapter, async (path) => {
          await saveAdapter(path, model, experts, { signal });
        });
        return folderSizeBytes(folder.adapter);
      },
    });
  },
};

/** Nothing is frozen, but a task of this kind has no use for balancing. */
async function withoutBalanceLosses(model: CausalLM): Promise<void> {
  for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
}

/** Trains every weight, for comparison. */
export const fullStage: Stage<Job> = {
  name: "full",
  async run(job) {
    const { config, folder } = job;
    return tune(job, {
      stage: "full",
      title: "Fine-tuning all weights",
      peakRate: config.tune.fullRate,
      prepare: withoutBalanceLosses,
      async save(model) {
        await saveFolder(folder.full, async (path) => {
          await saveModel(path, model);
          await cp(folder.tokenizer, path, { recursive: true });
        });
        return weightBytes(folder.full);
      },
    });
  },
};

/** Trains every weight a little, to see what that alone is worth. Its result is not kept, as `full` shows the size. */
export const gentleStage: Stage<Job> = {
  name: "gentle",
  async run(job) {
    const { config, folder } = job;
    return tune(job, {
      stage: "gentle",
      title: "Fine-tuning all weights gently",
      peakRate: config.tune.gentleRate ?? config.tune.fullRate,
      prepare: withoutBalanceLosses,
      save: () => weightBytes(folder.base),
    });
  },
};

const weightBytes = async (folder: string): Promise<number> =>
  (await stat(join(folder, "model.safetensors"))).size;
