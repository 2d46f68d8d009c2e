import { existsSync } from "node:fs";
import { join } from "node:path";
import { trainValidationSplit } from "@deepgrain/datasets";
import {
  CausalLM,
  type ModelConfig,
  packSequences,
  parseConfig,
  saveModel,
  type Tokenizer,
  trainingMemory,
} from "@deepgrain/lm";
import { fingerprintFiles, fingerprintTexts } from "@deepgrain/studies/shared/fingerprint";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import { modelConfig, smallMixture } from "@deepgrain/studies/shared/training/model-config";
import { languageModel, runTraining } from "@deepgrain/studies/shared/training/run-training";
import { sequentialBatches } from "@deepgrain/studies/shared/training/sequential-batches";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { driveTraining } from "../run/drive-training";
import { memoryNote } from "../run/memory-note";
import { readTexts, tokenizerIn } from "../run/pretraining-texts";
import { claimFlags, trainingFlags } from "../run/training-flags";
import { metricsLog } from "../store/metrics-log";
import { modelFiles, trainingFiles, trainingFolder } from "../store/run-record";
import { balanceFlags, balanceKeys, balanceRecord, biasSchedule } from "./balance-flags";

const VALIDATION_BLOCKS = 64;

/**
 * The settings of a config.json, with the tokenizer's vocabulary and special tokens; without one, a small DeepSeekMoE.
 */
async function configFor(
  { config: path, sequenceLength: length, ...values }: Settings,
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

const dataFlags = {
  config: flags.file({
    help: "config.json of the model; a DeepSeekMoE of 3 million parameters by default",
  }),
  tokenizer: flags.folder({ help: "Folder of the tokenizer to use; by default one is trained" }),
  vocabSize: flags.whole({ min: 259, default: 2048, help: "Size of a tokenizer that is trained" }),
};

const dropFlags = {
  dropDevices: flags.whole({
    min: 1,
    help: "Drop tokens of overloaded devices during training, with the experts spread over this many",
  }),
  capacityFactor: flags.real({
    default: 1,
    help: "Choices that a device accepts, as a multiple of the mean, with --drop-devices",
  }),
};

const settingFlags = trainingFlags({ steps: 1000, batchSize: 8, sequenceLength: 128, lr: 0.003 });

type Settings = Values<
  typeof settingFlags & typeof dropFlags & typeof dataFlags & typeof balanceFlags
>;

/** The settings that determine the result of a training, for its run.json. Checkpoints may come at other intervals. */
async function recordOf(values: Settings, texts: readonly string[]) {
  const { steps, batchSize, sequenceLength, lr, warmup, seed, evaluateEvery } = values;
  const { tokenizer, vocabSize, config, dropDevices = null, capacityFactor } = values;
  const file = tokenizer === undefined ? undefined : join(tokenizer, "tokenizer.json");
  if (file !== undefined && !existsSync(file))
    throw new UsageError(`--tokenizer: there is no ${file}`);
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
      vocabSize: file === undefined ? vocabSize : null,
      config: config === undefined ? null : await readJson(config, z.looseObject({})),
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

export const pretrain = defineCommand({
  description: "Trains a tokenizer and a language model on text.",
  examples: [
    "pretrain --data english --out first --steps 500",
    "pretrain --data a.txt,b.jsonl --config config.json --out mine --steps 2000 --lr 0.001",
    "pretrain --data english --out first --steps 500 --resume",
  ],
  flags: {
    data: flags.text({
      required: true,
      hint: "files",
      help: 'Texts, separated by commas: .txt with <|endoftext|> between documents, .jsonl of {"text"}, or "english" (Moby Dick and State of the Union addresses)',
    }),
    out: flags.folder({
      required: true,
      writes: "folder",
      help: "Model folder; run.json, checkpoints and metrics.jsonl are written there too",
    }),
    ...dataFlags,
    ...dropFlags,
    ...balanceFlags,
    gradientCheckpointing: flags.flag({
      help: "Compute activations again in the backward pass: less memory, about a third more time",
    }),
    ...settingFlags,
    ...claimFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ data, out, resume, overwrite, json, ...values }, context) {
    const { write, progress, signal, assertOutputs } = context;
    const { batchSize, sequenceLength: blockLength, seed } = values;
    const texts = await readTexts(data, context);
    const documents = trainValidationSplit(texts, { validation: 0.05 });
    const record = await recordOf(values, texts);
    await context.claim(out, { ...record, ...trainingFiles(modelFiles), resume, overwrite });
    const { tokenizer: from, vocabSize } = values;
    const tokenizer = await tokenizerIn(out, documents.train, { from, vocabSize }, context);
    manualSeed(seed);
    const config = await configFor(values, tokenizer);
    const memory = trainingMemory(config, { batch: batchSize, sequenceLength: blockLength });
    progress.note(memoryNote(memory));
    const model = new CausalLM(config);
    dropOverload(model, values);
    const tokens = await tokenStream(documents.train, tokenizer, { signal });
    const heldOut = await tokenStream(documents.validation, tokenizer, { signal });
    const shape = { blockLength, batchSize };
    const metrics = metricsLog(trainingFolder(out).metrics);
    const biasUpdate = biasSchedule(values, values.steps);
    const { load = [], ...driven } = await runTraining({
      model: languageModel(model),
      data: {
        training: packSequences(tokens, { ...shape, seed }),
        heldOut: sequentialBatches(heldOut, { ...shape, blocks: VALIDATION_BLOCKS }),
      },
      recipe: {
        ...values,
        ...(biasUpdate !== undefined && { biasUpdate }),
      },
      folder: trainingFolder(out).checkpoints,
      report: driveTraining({
        stage: "pretrain",
        title: "Pre-training",
        progress,
        metrics,
        assertOutputs,
        layers: model.moeLayers.values(),
      }),
      signal,
    });
    await saveModel(out, model);
    await assertOutputs(); // a folder that was deleted just now was made anew, without a tokenizer
    const last = (await metrics.read()).filter(({ type }) => type === "eval-end").at(-1);
    const result = {
      out,
      ...driven,
      validationLoss: last?.loss ?? null,
      estimatedBytes: memory.total,
      load: load.map((layer) => ({ ...layer, counts: [...layer.counts] })),
    };
    write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  },
});
