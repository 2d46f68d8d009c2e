import { readdir } from "node:fs/promises";
import {
  type BestStep,
  conversationBatches,
  keepBest,
  loadConfig,
  loadModel,
  loadTokenizer,
  trainingMemory,
} from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { copyTokenizer } from "../../../models/copy-tokenizer";
import { fingerprintFiles, fingerprintModel } from "../../../store/fingerprint";
import { type MetricsLog, metricsLog } from "../../../store/metrics-log";
import { claimRun, trainingFolder } from "../../../store/run-record";
import { driveTraining } from "../../../training/drive-training";
import { measuringBatches } from "../../../training/measuring-batches";
import { memoryNote } from "../../../training/memory-note";
import { languageModel, runTraining } from "../../../training/run-training";
import { claimFlags } from "../../../training/training-flags";
import { prepareTuning, type Stored } from "../../../training/tuning-method";
import { dataFlag, modelFlag, paddingId, taskSamples } from "./task-flags";
import {
  type MethodFlags,
  methodFlags,
  methodOf,
  readTrainFlags,
  trainedParts,
  trainFlags,
} from "./train-flags";

/** The share of conversations held out, as the official trainer does. */
const HELD_OUT = 0.02;

/** Name of the stage in metrics.jsonl. */
const STAGE = "esft";

/** The lowest held-out loss that is on record. */
async function bestKnown(metrics: MetricsLog): Promise<BestStep | null> {
  const records = await metrics.read();
  const evaluations = records.filter((own) => own.stage === STAGE && own.type === "eval-end");
  const steps = evaluations.map(({ step, loss }) => ({ step, loss: Number(loss) }));
  return steps.sort((a, b) => a.loss - b.loss)[0] ?? null;
}

/** Tensor files of another origin would be read as part of the adapter. */
async function refuseForeignTensors(out: string): Promise<void> {
  const own = /^(adapter_model|model)(-\d{5}-of-\d{5})?\.safetensors$/;
  const names = await readdir(out).catch(() => [] as string[]);
  const foreign = names.find((name) => name.endsWith(".safetensors") && !own.test(name));
  if (foreign) throw new UsageError(`--out must hold no other tensor file, found ${foreign}`);
}

/** What decides the result of a training, for its run.json. */
async function recordOf(
  values: MethodFlags & { keep: string; model: string; data: string },
  decisive: Record<string, number>,
) {
  const { method, keep, expertConfig, auxLoss = null, loraRank: rank, loraAlpha } = values;
  const lora = method === "lora" ? { rank, alpha: loraAlpha ?? 2 * rank } : null;
  const chosen = method === "esft" && expertConfig !== undefined ? [expertConfig] : null;
  return {
    command: "esft train",
    settings: {
      ...{ ...decisive, method, keep, auxLoss },
      ...{ loraRank: lora?.rank ?? null, loraAlpha: lora?.alpha ?? null },
    },
    data: {
      model: await fingerprintModel(values.model),
      conversations: await fingerprintFiles([values.data]),
      experts: chosen && (await fingerprintFiles(chosen)),
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
    const { model: folder, data: file, out, resume, overwrite, auxLoss: keepAuxLoss } = values;
    const given = await readTrainFlags(values);
    const { recipe, batchSize, sequenceLength, seed, randomConcatRatio } = given;
    const keepsBest = values.keep === "best";
    if (out === folder) throw new UsageError("--out must be a folder of its own");
    await refuseForeignTensors(out);
    const config = await loadConfig(folder);
    const method = await methodOf(values, config);
    const tokenizer = await loadTokenizer(folder);
    const samples = await taskSamples(file, tokenizer, seed);
    await claimRun(out, await recordOf(values, given.decisive), { resume, overwrite });
    const held = Math.max(1, Math.round(HELD_OUT * samples.length));
    const heldOut = samples.length > 1 ? samples.splice(0, held) : samples;
    const shape = { sequenceLength, batchSize, padTokenId: paddingId(tokenizer) };
    const run = { batch: batchSize, sequenceLength, trained: trainedParts(method) };
    progress.note(memoryNote(trainingMemory(config, run)));
    manualSeed(seed);
    const model = await loadModel(folder, { signal });
    const { store, parts } = prepareTuning(model, method, { seed, keepAuxLoss, signal });
    const { checkpoints, metrics: metricsFile } = trainingFolder(out);
    const metrics = metricsLog(metricsFile);
    let best = resume && keepsBest ? await bestKnown(metrics) : null;
    let stored: Stored | undefined;
    const save = async (step: BestStep | null) => {
      stored = await store(out);
      if (method.kind === "full") await copyTokenizer(folder, out);
      best = step;
    };
    const follow = driveTraining({
      ...{ stage: STAGE, title: "Fine-tuning", progress, metrics, assertOutputs },
    });
    const driven = await runTraining({
      model: languageModel(model),
      data: {
        training: conversationBatches(samples, { ...shape, seed, randomConcatRatio }),
        heldOut: measuringBatches(heldOut, shape),
      },
      recipe,
      folder: checkpoints,
      parts,
      report: (events) => follow(keepsBest ? keepBest(events, { save, known: best }) : events),
      signal,
    });
    if (!best) await save(null);
    await assertOutputs();
    if (best) progress.note(`kept step ${best.step}, held-out loss ${best.loss.toFixed(4)}`);
    const result = { out, ...stored, ...(keepsBest && { best }), ...driven };
    write(values.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  },
});
