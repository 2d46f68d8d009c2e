import { cp } from "node:fs/promises";
import { saveFolder } from "@deepgrain/files";
import { CausalLM, evaluate, saveModel, trainingMemory } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import type { Stage } from "../../store/run-stages";
import { driveTraining } from "../../training/drive-training";
import { memoryNote } from "../../training/memory-note";
import { modelConfig } from "../../training/model-config";
import { languageModel, runTraining } from "../../training/run-training";
import type { Job } from "../job";
import { sampleText } from "../sample-text";
import { unigramEntropy } from "../unigram-entropy";

export interface PretrainResult {
  parameters: number;
  /** Parameters that one token passes. */
  activatedParameters: number;
  validationLoss: number;
  /** Of the held-out tokens, in nats. */
  unigramEntropy: number;
  validationTokens: number;
  trainTokens: number;
  tokensRead: number;
  seconds: number;
}

const PROMPTS = ["The whale", "My fellow citizens"];

function countParameters(model: CausalLM): { all: number; activated: number } {
  const all = [...model.namedParameters()].reduce((n, [, weight]) => n + weight.size, 0);
  const idle = [...model.moeLayers.values()].reduce((n, { experts, config }) => {
    const routed = experts.gateUp.size + experts.down.size;
    return n + routed * (1 - config.topK / config.experts);
  }, 0);
  return { all, activated: Math.round(all - idle) };
}

/** Writes down how the model continues the prompts, and shows one of them. */
async function writeSamples(job: Job, model: CausalLM, step: number): Promise<void> {
  const tokenizer = await job.tokenizer();
  for (const [i, prompt] of PROMPTS.entries()) {
    const ids = tokenizer.encode(prompt);
    // No signal: an abort here would lose the steps since the last checkpoint.
    const options = { maxNewTokens: 60, seed: job.config.seed + i };
    const text = await sampleText(model, tokenizer, ids, options);
    await job.metrics.append({ stage: "pretrain", type: "sample", step, prompt, text });
    if (i === step % PROMPTS.length)
      job.progress.note(`after ${step} steps: ${prompt}${text.replaceAll(/\s+/g, " ")}`);
  }
}

/** Trains the mixture of experts on English. */
export const pretrainStage: Stage<Job> = {
  name: "pretrain",
  async run(job): Promise<PretrainResult> {
    const { config, folder, metrics, progress, signal, assertOutputs } = job;
    const english = await job.english();
    manualSeed(config.seed);
    const positions = Math.max(512, config.pretrain.sequenceLength, config.tune.sequenceLength);
    const modelSettings = modelConfig(config.model, await job.tokenizer(), { positions });
    const { batchSize: batch, sequenceLength } = config.pretrain;
    progress.note(memoryNote(trainingMemory(modelSettings, { batch, sequenceLength })));
    const model = new CausalLM(modelSettings);
    const { steps, sampleEvery } = config.pretrain;
    const glance = english.validation.slice(0, Math.ceil(english.validation.length / 4));
    const { tokens, seconds } = await runTraining({
      model: languageModel(model),
      data: { training: english.training, heldOut: glance },
      recipe: { ...config.pretrain, measuresStart: true },
      folder: folder.checkpoints("pretrain"),
      report: driveTraining({
        ...{ stage: "pretrain", title: "Pre-training", progress, metrics, assertOutputs },
        layers: model.moeLayers.values(),
        async onStep(step) {
          if (step === steps || step % sampleEvery === 0) await writeSamples(job, model, step);
        },
      }),
      signal,
    });
    const { loss } = await evaluate(model, english.validation, { signal });
    await saveFolder(folder.base, async (path) => {
      await saveModel(path, model);
      await cp(folder.tokenizer, path, { recursive: true });
    });
    const { all, activated } = countParameters(model);
    model.dispose();
    return {
      parameters: all,
      activatedParameters: activated,
      validationLoss: loss,
      unigramEntropy: unigramEntropy(english.validationTokens),
      validationTokens: english.validationTokens.length,
      trainTokens: english.trainTokens,
      tokensRead: tokens,
      seconds,
    };
  },
};
