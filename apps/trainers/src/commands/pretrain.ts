import { existsSync } from "node:fs";
import { join } from "node:path";
import { trainValidationSplit } from "@deepgrain/datasets";
import {
  CausalLM,
  loadTokenizer,
  type ModelConfig,
  packSequences,
  parseConfig,
  saveModel,
  saveTokenizer,
  type Tokenizer,
  train,
} from "@deepgrain/lm";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import type { CliContext } from "../cli/context";
import { defineCliCommand } from "../cli/define-command";
import { numberFlag } from "../cli/number-flag";
import { UsageError } from "../cli/usage-error";
import { copyTokenizer } from "../formats/copy-tokenizer";
import { readJson } from "../formats/read-json";
import { textDocuments } from "../formats/text-documents";
import { driveTraining } from "../job/drive-training";
import { englishText } from "../job/english-text";
import { presets } from "../job/job-config";
import { memoryNote, trainingMemory } from "../job/memory-note";
import { modelConfig } from "../job/model-config";
import { sequentialBatches } from "../job/sequential-batches";
import { tokenStream } from "../job/token-stream";
import { trainTokenizer } from "../job/train-tokenizer";
import { fingerprintFiles, fingerprintTexts } from "../store/fingerprint";
import { metricsLog } from "../store/metrics-log";
import { claimRun, trainingFolder } from "../store/run-record";
import { trainingArgs, trainingFlags } from "./training-flags";

const VALIDATION_BLOCKS = 64;

async function readTexts(data: string, { resolve, signal }: CliContext): Promise<string[]> {
  const documents: string[] = [];
  for (const name of data.split(",").filter((part) => part !== ""))
    if (name === "english") {
      const { train: most, validation } = await englishText({ characters: 4e6, signal });
      documents.push(...most, ...validation);
    } else documents.push(...(await textDocuments(resolve(name))));
  if (documents.length === 0) throw new UsageError("--data names no text");
  return documents;
}

/** Takes the tokenizer of a folder, or trains one, and leaves it in the output folder. */
async function tokenizerIn(
  out: string,
  texts: readonly string[],
  { from, vocabSize }: { from: string | undefined; vocabSize: number },
  { progress, signal }: CliContext,
): Promise<Tokenizer> {
  if (from !== undefined) await copyTokenizer(from, out);
  else if (!existsSync(join(out, "tokenizer.json")))
    await saveTokenizer(out, await trainTokenizer(texts, { vocabSize, progress, signal }));
  return loadTokenizer(out);
}

/** What a config.json says, with the tokenizer's vocabulary and special tokens; without one, a small DeepSeekMoE. */
async function configFor(
  path: string | undefined,
  tokenizer: Tokenizer,
  length: number,
): Promise<ModelConfig> {
  if (path === undefined) {
    const { model, pretrain, tune } = presets.default;
    const sized = { ...pretrain, sequenceLength: length };
    return modelConfig({ model, pretrain: sized, tune }, tokenizer);
  }
  const { vocabSize, bosTokenId = null, eosTokenId = null, padTokenId = null } = tokenizer;
  const json = await readJson(path, z.looseObject({ model_type: z.string() }));
  const ids = { bos_token_id: bosTokenId, eos_token_id: eosTokenId, pad_token_id: padTokenId };
  return parseConfig({ ...json, vocab_size: vocabSize, ...ids });
}

interface DropFlags {
  "drop-devices"?: string | undefined;
  "capacity-factor": string;
}

type Flags = ReturnType<typeof trainingFlags>;

interface RecordParts extends DropFlags {
  texts: readonly string[];
  tokenizer: string | undefined;
  vocabSize: number;
  config: string | undefined;
}

/** What decides the result of a training, for its run.json. Checkpoints may come at other intervals. */
async function recordOf({ checkpointEvery: _, peak: lr, ...settings }: Flags, parts: RecordParts) {
  const { texts, tokenizer, vocabSize, config } = parts;
  const json = config === undefined ? null : await readJson(config, z.looseObject({}));
  const file = tokenizer === undefined ? undefined : join(tokenizer, "tokenizer.json");
  if (file !== undefined && !existsSync(file))
    throw new UsageError(`--tokenizer: there is no ${file}`);
  return {
    command: "pretrain",
    settings: {
      ...settings,
      lr,
      vocabSize: file === undefined ? vocabSize : null,
      config: json,
      dropDevices: parts["drop-devices"] ?? null,
      capacityFactor: parts["capacity-factor"],
    },
    data: {
      texts: fingerprintTexts(texts),
      tokenizer: file === undefined ? null : await fingerprintFiles([file]),
    },
  };
}

/** Turns device-level token dropping on, where a number of devices is given. */
function dropOverload(model: CausalLM, flags: DropFlags): void {
  const devices = numberFlag("drop-devices", flags["drop-devices"], { min: 1 });
  const factor = numberFlag("capacity-factor", flags["capacity-factor"], { whole: false })!;
  if (devices === undefined) return;
  if (model.moeLayers.size === 0) throw new UsageError("--drop-devices needs a model with experts");
  for (const { config } of model.moeLayers.values()) {
    if (config.experts % devices !== 0)
      throw new UsageError(`--drop-devices must divide ${config.experts} experts, got ${devices}`);
    config.drop = { tokens: { devices, capacityFactor: factor } };
  }
}

export const pretrain = defineCliCommand({
  name: "pretrain",
  description: "Trains a tokenizer and a language model on text.",
  examples: [
    "pretrain --data english --out first --steps 500",
    "pretrain --data a.txt,b.jsonl --config config.json --out mine --steps 2000 --lr 0.001",
    "pretrain --data english --out first --steps 500 --resume",
  ],
  args: {
    data: {
      type: "string",
      required: true,
      valueHint: "files",
      description:
        'Texts, separated by commas: .txt with <|endoftext|> between documents, .jsonl of {"text"}, or "english" (Moby Dick and State of the Union addresses)',
    },
    out: {
      type: "string",
      required: true,
      valueHint: "dir",
      writes: "folder",
      description: "Model folder; run.json, checkpoints and metrics.jsonl go there too",
    },
    config: {
      type: "string",
      valueHint: "file",
      description: "config.json of the model. Default: a DeepSeekMoE of 3 million parameters",
    },
    tokenizer: {
      type: "string",
      valueHint: "dir",
      description: "Folder of the tokenizer to use. Default: one is trained",
    },
    "vocab-size": {
      type: "string",
      default: "2048",
      description: "Size of a tokenizer that is trained",
    },
    "drop-devices": {
      type: "string",
      valueHint: "n",
      description: "Drop tokens of overloaded devices while training, experts being on so many",
    },
    "capacity-factor": {
      type: "string",
      default: "1",
      description: "Choices that a device takes, times the mean, with --drop-devices",
    },
    ...trainingArgs({ steps: "1000", batch: "8", length: "128", rate: "0.003" }),
  },
  async run(args, context) {
    const { resolve, write, progress, signal, assertOutputs } = context;
    const flags = trainingFlags(args);
    const { steps, batchSize, sequenceLength: blockLength, peak, warmup, seed } = flags;
    const out = resolve(args.out);
    const vocabSize = numberFlag("vocab-size", args["vocab-size"], { min: 259 })!;
    const texts = await readTexts(args.data, context);
    const documents = trainValidationSplit(texts, { validation: 0.05 });
    const from = args.tokenizer === undefined ? undefined : resolve(args.tokenizer);
    const path = args.config === undefined ? undefined : resolve(args.config);
    const parts = { ...args, texts, tokenizer: from, vocabSize, config: path };
    const derived = ["tokenizer.json", "tokenizer_config.json"];
    const claim = { resume: args.resume === true, overwrite: args.overwrite === true, derived };
    await claimRun(out, await recordOf(flags, parts), claim);
    const tokenizer = await tokenizerIn(out, documents.train, { from, vocabSize }, context);
    manualSeed(seed);
    const config = await configFor(path, tokenizer, blockLength);
    const memory = trainingMemory(config, { batch: batchSize, sequenceLength: blockLength });
    progress.note(memoryNote(memory));
    const model = new CausalLM(config);
    dropOverload(model, args);
    const tokens = await tokenStream(documents.train, tokenizer, { signal });
    const heldOut = await tokenStream(documents.validation, tokenizer, { signal });
    const shape = { blockLength, batchSize };
    const events = train(model, packSequences(tokens, { ...shape, seed }), {
      steps,
      schedule: optim.cosineSchedule({ peak, warmup, total: steps, floor: peak / 10 }),
      checkpoint: { folder: trainingFolder(out).checkpoints, everySteps: flags.checkpointEvery },
      resume: args.resume === true,
      signal,
      ...(heldOut.length >= blockLength && {
        evaluation: {
          batches: sequentialBatches(heldOut, { ...shape, blocks: VALIDATION_BLOCKS }),
          everySteps: flags.evaluateEvery,
        },
      }),
    });
    const metrics = metricsLog(trainingFolder(out).metrics);
    const { load = [], ...driven } = await driveTraining(events, {
      stage: "pretrain",
      title: "Pre-training",
      progress,
      metrics,
      layers: model.moeLayers.values(),
      assertOutputs,
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
    write(args.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  },
});
