import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { type MetricsRecord, metricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import { englishSources, ownTexts, writeModelCard } from "@deepgrain/command-line/runs/model-card";
import { modelFiles, trainingFiles, trainingFolder } from "@deepgrain/command-line/runs/run-record";
import { sayWhetherItCanLeave } from "@deepgrain/command-line/trainings/can-leave";
import { driveTraining } from "@deepgrain/command-line/trainings/drive-training";
import { holdOutEnd } from "@deepgrain/command-line/trainings/hold-out-end";
import {
  readTexts,
  tokenizerFile,
  tokenizerIn,
} from "@deepgrain/command-line/trainings/pretraining-texts";
import { trainValidationSplit } from "@deepgrain/datasets";
import {
  CausalLM,
  type ModelConfig,
  modelShape,
  packSequences,
  parseConfig,
  saveModel,
  sequentialBatches,
  type Tokenizer,
  trainingMemory,
} from "@deepgrain/lm";
import { countParameters, formatMemory } from "@deepgrain/moe";
import { fingerprintFiles, fingerprintTexts } from "@deepgrain/studies/shared/fingerprint";
import { FormatError, readJson } from "@deepgrain/studies/shared/read-json";
import { smallMixture } from "@deepgrain/studies/shared/small-mixture";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import { modelConfig } from "@deepgrain/studies/shared/training/model-config";
import { languageModel, runTraining } from "@deepgrain/studies/shared/training/run-training";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { balanceKeys, balanceRecord, biasSchedule } from "./balance";
import type { dropFlags, PretrainSettings, pretrainFlags } from "./flags";

const VALIDATION_BLOCKS = 64;

/**
 * The settings of a config.json, with the tokenizer's vocabulary and special tokens; without one, a small DeepSeekMoE.
 */
async function configFor(
  { modelConfig: path, sequenceLength: length, ...values }: PretrainSettings,
  tokenizer: Tokenizer,
): Promise<ModelConfig> {
  const balance = balanceKeys(values);
  if (path === undefined) {
    const positions = Math.max(512, length);
    const { source } = modelConfig(smallMixture, tokenizer, { positions });
    return parseConfig({ ...source, ...balance });
  }
  const { vocabSize, bosTokenId = null, eosTokenId = null, padTokenId = null } = tokenizer;
  const json = await readJson(path, z.looseObject({ model_type: z.string() }));
  const ids = { bos_token_id: bosTokenId, eos_token_id: eosTokenId, pad_token_id: padTokenId };
  return parseConfig({ ...json, ...balance, vocab_size: vocabSize, ...ids });
}

/** The settings that determine the result of a training, for its run.json. Checkpoints may come at other intervals. */
async function recordOf(values: PretrainSettings, texts: readonly string[]) {
  const { steps, batchSize, sequenceLength, lr, warmup, seed, evaluateEvery } = values;
  const { tokenizer, vocabSize, modelConfig: path, dropDevices = null, capacityFactor } = values;
  const { gradientAccumulation, weightDecay, maxGradNorm, schedule } = values;
  const file = tokenizer === undefined ? undefined : tokenizerFile(tokenizer);
  return {
    command: "pretrain",
    settings: {
      steps,
      batchSize,
      sequenceLength,
      lr,
      warmup,
      seed,
      evaluateEvery,
      gradientAccumulation,
      weightDecay,
      maxGradNorm,
      schedule,
      vocabSize: file === undefined ? vocabSize : null,
      modelConfig: path === undefined ? null : await readJson(path, z.looseObject({})),
      dropDevices,
      capacityFactor,
      ...balanceRecord(values),
    },
    data: {
      texts: fingerprintTexts(texts),
      tokenizer: file === undefined ? null : await fingerprintFiles([file]),
    },
  };
}

/** Enables device-level token dropping if a number of devices is given. */
function dropOverload(
  model: CausalLM,
  { dropDevices: devices, capacityFactor }: Values<typeof dropFlags>,
): void {
  if (devices === undefined) return;
  if (model.moeLayers.size === 0) throw new UsageError("--drop-devices needs a model with experts");
  for (const { config } of model.moeLayers.values()) {
    if (config.experts % devices !== 0)
      throw new UsageError(`--drop-devices must divide ${config.experts} experts, got ${devices}`);
    config.drop = { tokens: { devices, capacityFactor } };
  }
}

interface Described {
  config: ModelConfig;
  /** The `--data` flag. */
  data: readonly string[];
  steps: number;
  /** Tokens of the texts that are trained on, and those that were read in all steps. */
  corpusTokens: number;
  trainedTokens: number;
  /** Records of `metrics.jsonl`. */
  records: readonly MetricsRecord[];
}

const lossOf = (evaluation: object | undefined) =>
  (evaluation as { loss?: number | undefined } | undefined)?.loss;

/** Writes the model's card. */
async function describe(
  out: string,
  { config, data, steps, corpusTokens, trainedTokens, records }: Described,
): Promise<void> {
  const { modelType } = config;
  const evaluations = records.filter(({ type }) => type === "eval-end");
  const trained = lossOf(records.findLast(({ type }) => type === "step-end"));
  await writeModelCard(out, {
    summary: `A language model of the family \`${modelType}\`, trained from random weights.`,
    tags: [modelType],
    language: data.every((name) => name === "english") ? "en" : undefined,
    texts: data.flatMap((name) => (name === "english" ? englishSources : [ownTexts(name)])),
    sizes: {
      parameters: countParameters(modelShape(config)).total,
      layers: config.numHiddenLayers,
      "hidden size": config.hiddenSize,
      vocabulary: config.vocabSize,
      positions: config.maxPositionEmbeddings,
      "tokens of the corpus": corpusTokens,
      "tokens trained": trainedTokens,
      steps,
    },
    measured: {
      "training loss of the last step, nats per token": evaluations.length > 0 ? null : trained,
      "held-out loss, nats per token": lossOf(evaluations.at(-1)),
      "held-out loss at the first measurement": lossOf(evaluations[0]),
    },
  });
}

/** `pretrain`. */
export const pretrain: RunCommand<typeof pretrainFlags> = async (
  { data, out, resume, overwrite, json, ...values },
  context,
) => {
  const { write, progress, signal, assertOutputs, reached } = context;
  const { batchSize, sequenceLength: blockLength, seed } = values;
  const texts = await readTexts(data, context);
  const documents = trainValidationSplit(texts, { validation: 0.05 });
  const record = await recordOf(values, texts);
  await context.claim(out, { ...record, ...trainingFiles(modelFiles), resume, overwrite });
  const { tokenizer: from, vocabSize } = values;
  const tokenizer = await tokenizerIn(out, documents.train, { from, vocabSize }, context);
  manualSeed(seed);
  const config = await configFor(values, tokenizer);
  const { gradientCheckpointing, maxGradNorm } = values;
  const run = { batch: batchSize, sequenceLength: blockLength, gradientCheckpointing };
  const memory = trainingMemory(config, run);
  progress.note(formatMemory(memory));
  const model = new CausalLM(config);
  dropOverload(model, values);
  await sayWhetherItCanLeave(model, tokenizer, context);
  const all = await tokenStream(documents.train, tokenizer, { signal });
  const isOne = documents.validation.length === 0;
  const apart = isOne
    ? holdOutEnd(all, blockLength)
    : { train: all, heldOut: await tokenStream(documents.validation, tokenizer, { signal }) };
  const { train: tokens, heldOut } = apart;
  if (isOne && heldOut.length > 0)
    progress.note(
      `The text is one document: its last ${heldOut.length} of ${all.length} tokens are held out, to be measured on`,
    );
  const shape = { blockLength, batchSize };
  if (tokens.length < blockLength)
    throw new FormatError(
      `--data is too short for --sequence-length ${blockLength}: it has ${tokens.length} tokens; give more text or shorter sequences`,
    );
  const heldOutBatches = sequentialBatches(heldOut, { ...shape, blocks: VALIDATION_BLOCKS });
  if (heldOutBatches.length === 0)
    progress.note("Nothing is set aside to be measured on: the texts are too short.");
  const metrics = metricsLog(trainingFolder(out).metrics);
  const { load = [], ...driven } = await runTraining({
    model: languageModel(model),
    data: {
      training: packSequences(tokens, { ...shape, seed }),
      heldOut: heldOutBatches,
    },
    recipe: {
      ...values,
      maxGradNorm: maxGradNorm || Infinity,
      biasUpdate: biasSchedule(values, values.steps),
    },
    folder: trainingFolder(out).checkpoints,
    report: driveTraining({
      stage: "pretrain",
      title: "Pre-training",
      progress,
      metrics,
      assertOutputs,
      reached,
      dryRun: context.dryRun,
      layers: model.moeLayers.values(),
      evaluateEvery: values.evaluateEvery,
    }),
    signal,
  });
  await saveModel(out, model);
  await assertOutputs(); // a folder that was deleted just now was made anew, without a tokenizer
  const records = await metrics.read();
  const last = records.findLast(({ type }) => type === "eval-end");
  await describe(out, {
    config,
    data,
    steps: values.steps,
    corpusTokens: tokens.length,
    trainedTokens: driven.tokens,
    records,
  });
  const result = {
    out,
    ...driven,
    validationLoss: last?.loss ?? null,
    estimatedBytes: memory.total,
    load: load.map((layer) => ({ ...layer, counts: [...layer.counts] })),
  };
  write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
