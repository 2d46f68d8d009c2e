import { readdir } from "node:fs/promises";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { type MetricsLog, metricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import { ownTexts, writeModelCard } from "@deepgrain/command-line/runs/model-card";
import {
  adapterFiles,
  modelFiles,
  trainingFiles,
  trainingFolder,
} from "@deepgrain/command-line/runs/run-record";
import { driveTraining } from "@deepgrain/command-line/trainings/drive-training";
import { prepareTuning, readTaskSamples, type TuningMethod } from "@deepgrain/esft";
import {
  type BestStep,
  copyTokenizer,
  keepBest,
  loadConfig,
  loadModel,
  loadTokenizer,
  type ModelConfig,
  trainingMemory,
} from "@deepgrain/lm";
import { formatMemory } from "@deepgrain/moe";
import { fingerprintFiles, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import {
  languageModel,
  type Recipe,
  runTraining,
} from "@deepgrain/studies/shared/training/run-training";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { manualSeed } from "@deepgrain/tensor-gpu";
import type { trainFlags } from "./flags";
import { datasetFile } from "./task-records";
import { readTrainData } from "./train-data";
import { type MethodFlags, methodOf, readTrainSettings, trainedParts } from "./train-settings";

/** Name of the stage in metrics.jsonl. */
const STAGE = "esft";

/** The held-out losses that are on record, in the order of their steps. */
async function measuredSteps(metrics: MetricsLog): Promise<BestStep[]> {
  const records = await metrics.read();
  const evaluations = records.filter((own) => own.stage === STAGE && own.type === "eval-end");
  return evaluations.map(({ step, loss }) => ({ step, loss: Number(loss) }));
}

/** The lowest of them. */
const bestKnown = async (metrics: MetricsLog): Promise<BestStep | null> =>
  (await measuredSteps(metrics)).sort((a, b) => a.loss - b.loss)[0] ?? null;

/** Tensor files of another origin would be read as part of the adapter. */
async function refuseForeignTensors(out: string): Promise<void> {
  const own = /^(adapter_model|model)(-\d{5}-of-\d{5})?\.safetensors$/;
  const names = await readdir(out).catch(() => [] as string[]);
  const foreign = names.find((name) => name.endsWith(".safetensors") && !own.test(name));
  if (foreign) throw new UsageError(`--out must hold no other tensor file, found ${foreign}`);
}

type TrainPaths = Pick<
  Values<typeof trainFlags>,
  "generalData" | "generalShare" | "model" | "data" | "keep" | "packing"
>;

/** Everything that decides the result of a training, for its run.json. */
async function recordOf(
  values: MethodFlags & TrainPaths,
  decisive: Record<string, number>,
  tuning: TuningMethod,
) {
  const { method, keep, packing, expertConfig, auxLoss = null, generalShare = null } = values;
  const { generalData } = values;
  const lora = tuning.kind === "lora" ? tuning : null;
  const { rank = null, alpha = null, dropout = 0, modulesToSave = [] } = lora ?? {};
  const chosen = method !== "full" && expertConfig !== undefined ? [expertConfig] : null;
  return {
    command: "esft train",
    settings: {
      ...decisive,
      method,
      keep,
      packing,
      auxLoss,
      loraRank: rank,
      loraAlpha: alpha,
      loraDropout: dropout,
      loraSave: modulesToSave.join(","),
      generalShare,
    },
    data: {
      model: await fingerprintModel(values.model),
      conversations: await fingerprintFiles([values.data]),
      experts: chosen && (await fingerprintFiles(chosen)),
      general: generalData === undefined ? null : await fingerprintFiles([generalData]),
    },
  };
}

type Given = Awaited<ReturnType<typeof readTrainSettings>>;

/** The recipe, with as many steps as the epochs have, where these decide. */
function withEpochs(
  { recipe, epochs, gradientAccumulation }: Given,
  stepsPerEpoch: (gradientAccumulation: number) => number,
): Recipe {
  if (epochs === undefined) return recipe;
  return { ...recipe, steps: Math.max(1, Math.ceil(epochs * stepsPerEpoch(gradientAccumulation))) };
}

/** Writes the card of what was trained. */
async function describe(
  { out, model: base, method, data, generalData }: Values<typeof trainFlags>,
  { modelType }: ModelConfig,
  {
    sizes,
    kept,
    last,
  }: { sizes: Record<string, number>; kept: number | undefined; last: number | undefined },
): Promise<void> {
  await writeModelCard(out, {
    summary: `A language model of the family \`${modelType}\`, tuned to a task (method: ${method}).`,
    base,
    isAdapter: method !== "full",
    tags: [modelType, "esft"],
    texts: [data, generalData].flatMap((path) => (path === undefined ? [] : [ownTexts(path)])),
    sizes,
    measured: {
      "held-out loss of the step that was kept": kept,
      "held-out loss at the end": last,
    },
  });
}

/** `esft train`. */
export const train: RunCommand<typeof trainFlags> = async (values, context) => {
  const { write, progress, signal, assertOutputs, reached, dryRun } = context;
  const { model: folder, out, resume, overwrite, packing } = values;
  const file = datasetFile(values.data, "train");
  const keepsBest = values.keep === "best";
  if (out === folder) throw new UsageError("--out must be a folder of its own");
  await refuseForeignTensors(out);
  const config = await loadConfig(folder);
  const tokenizer = await loadTokenizer(folder);
  const { form, samples: all } = await readTaskSamples(file, tokenizer);
  const method = await methodOf(values, config, form);
  const given = await readTrainSettings(values, form);
  const { batchSize, seed } = given;
  const sequenceLength = Math.min(given.sequenceLength, config.maxPositionEmbeddings);
  const data = await readTrainData(all, values, {
    ...given,
    sequenceLength,
    packing,
    tokenizer,
    progress,
    signal,
  });
  const recipe = withEpochs(given, data.stepsPerEpoch);
  if (recipe !== given.recipe)
    progress.note(`Alpaca-style data: ${given.epochs} epochs, ${recipe.steps} steps`);
  const record = await recordOf(
    { ...values, data: file },
    { ...given.decisive, steps: recipe.steps },
    method,
  );
  const files = trainingFiles(method.kind === "full" ? modelFiles : adapterFiles);
  await context.claim(out, { ...record, ...files, resume, overwrite });
  const run = { batch: batchSize, sequenceLength, trained: trainedParts(method) };
  progress.note(formatMemory(trainingMemory(config, run)));
  manualSeed(seed);
  const model = await loadModel(folder, { signal });
  const { store, parts } = prepareTuning(model, method, {
    seed,
    keepAuxLoss: values.auxLoss,
    signal,
  });
  const { checkpoints, metrics: metricsFile } = trainingFolder(out);
  const metrics = metricsLog(metricsFile);
  let best = resume && keepsBest ? await bestKnown(metrics) : null;
  let stored: Awaited<ReturnType<typeof store>> | undefined;
  const save = async (step: BestStep | null) => {
    stored = await store(out);
    if (method.kind === "full") await copyTokenizer(folder, out);
    best = step;
  };
  const follow = driveTraining({
    stage: STAGE,
    title: "Fine-tuning",
    progress,
    metrics,
    evaluateEvery: recipe.evaluateEvery,
    assertOutputs,
    reached,
    dryRun,
  });
  const driven = await runTraining({
    model: languageModel(model),
    data,
    recipe,
    folder: checkpoints,
    parts,
    report: (events) => follow(keepsBest ? keepBest(events, { save, known: best }) : events),
    signal,
  });
  if (!best) await save(null);
  await assertOutputs();
  const last = (await measuredSteps(metrics)).at(-1)?.loss;
  const sizes = { "trained parameters": driven.trainedParameters, steps: recipe.steps };
  await describe({ ...values, data: file }, config, { sizes, kept: best?.loss, last });
  if (best) progress.note(`kept step ${best.step}, held-out loss ${best.loss.toFixed(4)}`);
  const result = {
    out,
    ...stored,
    best: keepsBest ? best : undefined,
    ...driven,
    ...data.report,
  };
  write(values.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
