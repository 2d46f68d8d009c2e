import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { metricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import { trainingFolder } from "@deepgrain/command-line/runs/run-record";
import { driveTraining } from "@deepgrain/command-line/trainings/drive-training";
import { holdOutEnd } from "@deepgrain/command-line/trainings/hold-out-end";
import { readMixedTexts, trainingBatches } from "@deepgrain/command-line/trainings/mixed-texts";
import { modelTokens, type TokenSource } from "@deepgrain/command-line/trainings/model-tokens";
import { saveTrained } from "@deepgrain/command-line/trainings/prepare-align";
import { readTexts } from "@deepgrain/command-line/trainings/pretraining-texts";
import { trainValidationSplit } from "@deepgrain/datasets";
import { type CausalLM, saveModel, sequentialBatches } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { languageModel, runTraining } from "@deepgrain/studies/shared/training/run-training";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { biasSchedule } from "./balance";
import type { dropFlags, pretrainFlags } from "./flags";
import { describePretrained } from "./pretrain-card";
import { recordOf } from "./pretrain-record";
import { type Settled, settleFlags } from "./settle-flags";
import { openContinued, type Start, startingModel } from "./starting-model";

const VALIDATION_BLOCKS = 64;

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

interface Documents {
  train: string[];
  validation: string[];
}

/**
 * The tokens to train on and batches of those held out: documents, or the end of the only one.
 * @throws {FormatError} for texts that are shorter than a sequence; as `modelTokens`
 */
async function readTokens(
  documents: Documents,
  source: TokenSource,
  { sequenceLength: blockLength, batchSize }: Settled,
  { progress }: CommandContext,
) {
  const all = await modelTokens(documents.train, source);
  const isOne = documents.validation.length === 0;
  const { train: tokens, heldOut } = isOne
    ? holdOutEnd(all, blockLength)
    : { train: all, heldOut: await modelTokens(documents.validation, source) };
  if (isOne && heldOut.length > 0)
    progress.note(
      `The text is one document: its last ${heldOut.length} of ${all.length} tokens are held out, to be measured on`,
    );
  if (tokens.length < blockLength)
    throw new FormatError(
      `--data is too short for --sequence-length ${blockLength}: it has ${tokens.length} tokens; give more text or shorter sequences`,
    );
  const shape = { blockLength, batchSize, blocks: VALIDATION_BLOCKS };
  const heldOutBatches = sequentialBatches(heldOut, shape);
  if (heldOutBatches.length === 0)
    progress.note("Nothing is set aside to be measured on: the texts are too short.");
  return { tokens, heldOut: heldOutBatches };
}

/** Writes the model, or what is new in it. */
async function save(
  { model: folder, out, merge }: Values<typeof pretrainFlags>,
  start: Start,
): Promise<void> {
  if (folder === undefined) await saveModel(out, start.model);
  else await saveTrained({ model: folder, out, merge }, start);
}

/** `pretrain`. */
export const pretrain: RunCommand<typeof pretrainFlags> = async (given, context) => {
  const values = settleFlags(given);
  const { data, mix, model: base, out, resume, overwrite, json } = values;
  const { write, progress, signal, assertOutputs, reached, dryRun } = context;
  const { batchSize, sequenceLength: blockLength, seed, steps, maxGradNorm } = values;
  const continued = await openContinued(values);
  const texts = await readTexts(data, context);
  const mixed = await readMixedTexts(mix, context);
  const documents = trainValidationSplit(texts, { validation: 0.05 });
  const record = await recordOf(values, { own: texts, mixed });
  await context.claim(out, { ...record, resume, overwrite });
  const start = await startingModel(values, { continued, texts: documents.train }, context);
  const { model, tokenizer, lora } = start;
  const { config } = model;
  dropOverload(model, values);
  const source = { tokenizer, config, signal };
  const { tokens, heldOut } = await readTokens(documents, source, values, context);
  const packing = { blockLength, batchSize, seed };
  const { training, mixedTokens } = await trainingBatches(tokens, mixed, packing, source);
  const metrics = metricsLog(trainingFolder(out).metrics);
  const { load = [], ...driven } = await runTraining({
    model: languageModel(model),
    data: { training, heldOut },
    recipe: {
      ...values,
      maxGradNorm: maxGradNorm || Infinity,
      biasUpdate: biasSchedule(values, steps),
      measuresStart: base !== undefined && heldOut.length > 0 && dryRun === undefined,
    },
    folder: trainingFolder(out).checkpoints,
    parts: lora === undefined ? {} : { lora: lora.checkpointPart },
    report: driveTraining({
      stage: "pretrain",
      title: "Pre-training",
      progress,
      metrics,
      assertOutputs,
      reached,
      dryRun,
      layers: model.moeLayers.values(),
      evaluateEvery: values.evaluateEvery,
    }),
    signal,
  });
  await save(values, start);
  await assertOutputs(); // a folder that was deleted just now was made anew, without a tokenizer
  const records = await metrics.read();
  const last = records.findLast(({ type }) => type === "eval-end");
  await describePretrained(out, {
    config,
    base,
    isAdapter: lora !== undefined && !values.merge,
    data,
    mixed: mixed.map(({ text }) => text),
    steps,
    trainedParameters: driven.trainedParameters,
    corpusTokens: tokens.length,
    mixedTokens,
    trainedTokens: driven.tokens,
    records,
  });
  const result = {
    out,
    ...driven,
    validationLoss: last?.loss ?? null,
    estimatedBytes: start.estimatedBytes,
    load: load.map((layer) => ({ ...layer, counts: [...layer.counts] })),
  };
  write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
