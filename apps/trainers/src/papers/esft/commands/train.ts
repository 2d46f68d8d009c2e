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
import { defineCommand } from "../../../cli/define-command";
import type { Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { fingerprintFiles, fingerprintModel } from "../../../store/fingerprint";
import { type MetricsLog, metricsLog } from "../../../store/metrics-log";
import { claimRun, trainingFolder } from "../../../store/run-record";
import { driveTraining } from "../../../training/drive-training";
import { measuringBatches } from "../../../training/measuring-batches";
import { memoryNote, trainingMemory } from "../../../training/memory-note";
import { claimFlags } from "../../../training/training-flags";
import { dataFlag, modelFlag } from "./shared-flags";
import { paddingId, taskSamples } from "./task-samples";
import { readTrainFlags, trainFlags } from "./train-flags";
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

const methodFlags = {
  method: flags.choice(["esft", "full", "lora"], {
    default: "esft",
    help: "Chosen experts, all weights, or low-rank factors of all linear weights",
  }),
  expertConfig: flags.file({ help: "expert_cfg.json; needed for --method esft" }),
  auxLoss: flags.toggle({
    help: "Keep the balance losses; by default only where --expert-config trains routers too",
    negated: "Train without balance losses",
  }),
  loraRank: flags.whole({ min: 1, default: 8, help: "Rank of the factors" }),
  loraAlpha: flags.real({
    help: "Their product is scaled by alpha/rank; twice the rank by default",
  }),
};

type MethodFlags = Values<typeof methodFlags>;

interface MethodPlace {
  folder: string;
  config: ModelConfig;
  seed: number;
  signal: AbortSignal;
}

async function methodOf(
  { method, expertConfig, auxLoss: keepAuxLoss, loraRank: rank, loraAlpha }: MethodFlags,
  { folder, config, seed, signal }: MethodPlace,
): Promise<TuningMethod> {
  const options = { keepAuxLoss, signal };
  if (method === "full") return fullMethod(folder, options);
  if (method === "lora") return loraMethod({ rank, alpha: loraAlpha ?? 2 * rank, seed }, options);
  if (expertConfig === undefined) throw new UsageError("--method esft needs --expert-config");
  return expertMethod(expertConfig, config, options);
}

interface RecordParts extends MethodFlags {
  keep: string;
  settings: Record<string, number>;
  model: string;
  data: string;
}

/** What decides the result of a training, for its run.json. */
async function recordOf(parts: RecordParts) {
  const { method, keep, settings, model, data, expertConfig, auxLoss = null, loraRank } = parts;
  const isLora = method === "lora";
  return {
    command: "esft train",
    settings: {
      ...settings,
      ...{ method, keep, auxLoss },
      loraRank: isLora ? loraRank : null,
      loraAlpha: isLora ? (parts.loraAlpha ?? 2 * loraRank) : null,
    },
    data: {
      model: await fingerprintModel(model),
      conversations: await fingerprintFiles([data]),
      experts:
        method === "esft" && expertConfig !== undefined
          ? await fingerprintFiles([expertConfig])
          : null,
    },
  };
}

export const train = defineCommand({
  description:
    "Trains the chosen experts on a task, all else frozen, and writes an adapter folder; or all weights, or LoRA, for comparison.",
  examples: [
    "esft train --model runs/main/base --expert-config expert_cfg.json --data task.jsonl --out adapter --steps 200",
    "esft train --model DIR --expert-config FILE --data task.jsonl --out adapter --resume",
    "esft train --model DIR --method lora --data task.jsonl --out lora",
    "esft train --base_model_path=DIR --expert_config=FILE --train_dataset=FILE --train_config=base.yaml --output_dir=DIR",
  ],
  flags: {
    model: modelFlag,
    data: dataFlag("train_dataset"),
    out: flags.folder({
      required: true,
      official: "output_dir",
      writes: "folder",
      help: "Adapter folder; run.json, checkpoints and metrics.jsonl are written there too",
    }),
    ...methodFlags,
    keep: flags.choice(["best", "last"], {
      default: "best",
      help: "Weights to store: of the lowest held-out loss, or of the last step",
    }),
    ...trainFlags,
    ...claimFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(values, { write, progress, signal, assertOutputs }) {
    const { model: folder, data: file, out, keep, resume, overwrite } = values;
    const flagged = await readTrainFlags(values);
    const { batchSize, sequenceLength, seed, settings, randomConcatRatio } = flagged;
    if (out === folder) throw new UsageError("--out must be a folder of its own");
    await refuseForeignTensors(out);
    const config = await loadConfig(folder);
    const method = await methodOf(values, { folder, config, seed, signal });
    const tokenizer = await loadTokenizer(folder);
    const samples = await taskSamples(file, tokenizer, seed);
    await claimRun(out, await recordOf({ ...values, settings }), { resume, overwrite });
    const heldOut =
      samples.length > 1
        ? samples.splice(0, Math.max(1, Math.round(HELD_OUT * samples.length)))
        : samples;
    const shape = { sequenceLength, batchSize, padTokenId: paddingId(tokenizer) };
    const run = { batch: batchSize, sequenceLength, trained: method.trained };
    progress.note(memoryNote(trainingMemory(config, run)));
    manualSeed(seed);
    const model = await loadModel(folder, { signal });
    const { store, parts } = method.prepare(model);
    const { checkpoints, metrics: metricsFile } = trainingFolder(out);
    const checkpoint = { folder: checkpoints, everySteps: flagged.checkpointEvery, parts };
    const data = conversationBatches(samples, { ...shape, seed, randomConcatRatio });
    const events = trainModel(model, data, {
      ...flagged.trainer,
      evaluation: { batches: measuringBatches(heldOut, shape), everySteps: flagged.evaluateEvery },
      checkpoint,
      resume,
      signal,
    });
    const metrics = metricsLog(metricsFile);
    let best = resume ? await bestKnown(metrics) : null;
    let stored: Stored | undefined;
    const kept = storing(events, keep === "best", best, async (step) => {
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
    if (keep === "best" && best)
      progress.note(`kept step ${best.step}, held-out loss ${best.loss.toFixed(4)}`);
    const result = { out, ...stored, ...(keep === "best" && { best }), ...driven };
    write(values.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  },
});
