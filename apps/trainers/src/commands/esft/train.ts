import { readdir } from "node:fs/promises";
import {
  type BestStep,
  conversationBatches,
  keepBest,
  loadConfig,
  loadModel,
  loadTokenizer,
  type ModelConfig,
  type TrainEvent,
  train as trainModel,
} from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { driveTraining } from "../../job/drive-training";
import { measuringBatches } from "../../job/measuring-batches";
import { memoryNote, trainingMemory } from "../../job/memory-note";
import { fingerprintFiles, fingerprintModel } from "../../store/fingerprint";
import { type MetricsLog, metricsLog } from "../../store/metrics-log";
import { claimRun, trainingFolder } from "../../store/run-record";
import { dataArg, modelArg, official } from "./shared-args";
import { paddingId, taskSamples } from "./task-samples";
import { readTrainFlags, trainArgs } from "./train-flags";
import {
  expertMethod,
  fullMethod,
  loraMethod,
  type Stored,
  type TuningMethod,
} from "./tuning-method";

/** The share of conversations held out, as the official trainer does. */
const HELD_OUT = 0.02;

/** Name of the stage in metrics.jsonl. */
const STAGE = "esft";

/** The lowest held-out loss that is on record. */
async function bestKnown(metrics: MetricsLog): Promise<BestStep | null> {
  let best: BestStep | null = null;
  for (const { stage, type, step, loss } of await metrics.read())
    if (stage === STAGE && type === "eval-end" && Number(loss) < (best?.loss ?? Infinity))
      best = { step, loss: Number(loss) };
  return best;
}

/** Stores at each evaluation that is the best so far, or only at the end. */
async function* storing(
  events: AsyncIterable<TrainEvent>,
  isBest: boolean,
  known: BestStep | null,
  store: (best: BestStep | null) => Promise<void>,
): AsyncGenerator<TrainEvent> {
  let isStored = known !== null;
  const save = async (best: BestStep | null) => {
    await store(best);
    isStored = true;
  };
  yield* isBest ? keepBest(events, { save, known }) : events;
  if (!isBest || !isStored) await save(null);
}

/** Tensor files of another origin would be read as part of the adapter. */
async function refuseForeignTensors(out: string): Promise<void> {
  const own = /^(adapter_model|model)(-\d{5}-of-\d{5})?\.safetensors$/;
  const names = await readdir(out).catch(() => [] as string[]);
  const foreign = names.find((name) => name.endsWith(".safetensors") && !own.test(name));
  if (foreign) throw new UsageError(`--out must hold no other tensor file, found ${foreign}`);
}

interface MethodFlags {
  method: string;
  "expert-config"?: string | undefined;
  "aux-loss"?: boolean | undefined;
  "lora-rank": string;
  "lora-alpha"?: string | undefined;
}

interface MethodPlace {
  folder: string;
  config: ModelConfig;
  seed: number;
  resolve: (path: string) => string;
  signal: AbortSignal;
}

async function methodOf(
  flags: MethodFlags,
  { folder, config, seed, resolve, signal }: MethodPlace,
): Promise<TuningMethod> {
  const options = { keepAuxLoss: flags["aux-loss"], signal };
  if (flags.method === "full") return fullMethod(folder, options);
  if (flags.method === "lora") {
    const rank = numberFlag("lora-rank", flags["lora-rank"], { min: 1 })!;
    const alpha = numberFlag("lora-alpha", flags["lora-alpha"], { whole: false }) ?? 2 * rank;
    return loraMethod({ rank, alpha, seed }, options);
  }
  const file = flags["expert-config"];
  if (file === undefined) throw new UsageError("--method esft needs --expert-config");
  return expertMethod(resolve(file), config, options);
}

interface RecordParts extends MethodFlags {
  keep: string;
  settings: Record<string, number>;
  model: string;
  data: string;
}

/** What decides the result of a training, for its run.json. */
async function recordOf(parts: RecordParts, resolve: (path: string) => string) {
  const { method, keep, settings, model, data, "expert-config": experts } = parts;
  const isLora = method === "lora";
  return {
    command: "esft train",
    settings: {
      ...settings,
      method,
      keep,
      "aux-loss": parts["aux-loss"] ?? null,
      "lora-rank": isLora ? Number(parts["lora-rank"]) : null,
      "lora-alpha": isLora ? Number(parts["lora-alpha"] ?? 2 * Number(parts["lora-rank"])) : null,
    },
    data: {
      model: await fingerprintModel(model),
      conversations: await fingerprintFiles([data]),
      experts:
        method === "esft" && experts !== undefined
          ? await fingerprintFiles([resolve(experts)])
          : null,
    },
  };
}

export const train = defineCliCommand({
  name: "train",
  description:
    "Trains the chosen experts on a task, all else frozen, and writes an adapter folder; or all weights, or LoRA, for comparison.",
  examples: [
    "esft train --model runs/main/base --expert-config expert_cfg.json --data task.jsonl --out adapter --steps 200",
    "esft train --model DIR --expert-config FILE --data task.jsonl --out adapter --resume",
    "esft train --model DIR --method lora --data task.jsonl --out lora",
    "esft train --base_model_path=DIR --expert_config=FILE --train_dataset=FILE --train_config=base.yaml --output_dir=DIR",
  ],
  args: {
    model: modelArg,
    method: {
      type: "enum",
      options: ["esft", "full", "lora"],
      default: "esft",
      description: "Chosen experts, all weights, or low-rank factors of all linear weights",
    },
    "expert-config": {
      type: "string",
      valueHint: "file",
      alias: official("expert_config"),
      description: "expert_cfg.json; needed for --method esft",
    },
    data: dataArg("train_dataset"),
    out: {
      type: "string",
      required: true,
      valueHint: "dir",
      alias: official("output_dir"),
      writes: "folder",
      description: "Adapter folder; run.json, checkpoints and metrics.jsonl go there too",
    },
    keep: {
      type: "enum",
      options: ["best", "last"],
      default: "best",
      description: "Weights to store: of the lowest held-out loss, or of the last step",
    },
    "aux-loss": {
      type: "boolean",
      description: "Keep the balance losses. Default only where --expert-config trains routers too",
    },
    "lora-rank": { type: "string", default: "8", description: "Width of the factors" },
    "lora-alpha": {
      type: "string",
      description: "Their product is scaled by alpha/rank. Default twice the rank",
    },
    ...trainArgs,
  },
  async run(args, { resolve, write, progress, signal, assertOutputs }) {
    const flags = await readTrainFlags(args, resolve);
    const { batchSize, sequenceLength, seed } = flags;
    const [folder, out] = [resolve(args.model), resolve(args.out)];
    if (out === folder) throw new UsageError("--out must be a folder of its own");
    const isLora = args.method === "lora";
    if (isLora && args.resume) throw new UsageError("--resume works for --method esft and full");
    await refuseForeignTensors(out);
    const config = await loadConfig(folder);
    const method = await methodOf(args, { folder, config, seed, resolve, signal });
    const tokenizer = await loadTokenizer(folder);
    const samples = await taskSamples(resolve(args.data), tokenizer, seed);
    const { settings } = flags;
    const parts = { ...args, settings, model: folder, data: resolve(args.data) };
    const claim = { resume: args.resume === true, overwrite: args.overwrite === true };
    await claimRun(out, await recordOf(parts, resolve), claim);
    const heldOut =
      samples.length > 1
        ? samples.splice(0, Math.max(1, Math.round(HELD_OUT * samples.length)))
        : samples;
    const shape = { sequenceLength, batchSize, padTokenId: paddingId(tokenizer) };
    const run = { batch: batchSize, sequenceLength, trained: method.trained };
    progress.note(memoryNote(trainingMemory(config, run)));
    manualSeed(seed);
    const model = await loadModel(folder, { signal });
    const store = method.prepare(model);
    const { randomConcatRatio } = flags;
    const { checkpoints, metrics: metricsFile } = trainingFolder(out);
    const checkpoint = { folder: checkpoints, everySteps: flags.checkpointEvery };
    const data = conversationBatches(samples, { ...shape, seed, randomConcatRatio });
    const events = trainModel(model, data, {
      ...flags.trainer,
      evaluation: { batches: measuringBatches(heldOut, shape), everySteps: flags.evaluateEvery },
      ...(isLora ? {} : { checkpoint }),
      resume: args.resume === true,
      signal,
    });
    const metrics = metricsLog(metricsFile);
    let best = args.resume ? await bestKnown(metrics) : null;
    let stored: Stored | undefined;
    const kept = storing(events, args.keep === "best", best, async (step) => {
      stored = await store(out);
      if (step) best = step;
    });
    const driven = await driveTraining(kept, {
      stage: STAGE,
      title: "Fine-tuning",
      progress,
      metrics,
      assertOutputs,
    });
    await assertOutputs();
    if (args.keep === "best" && best)
      progress.note(`kept step ${best.step}, held-out loss ${best.loss.toFixed(4)}`);
    const result = { out, ...stored, ...(args.keep === "best" && { best }), ...driven };
    write(args.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  },
});
