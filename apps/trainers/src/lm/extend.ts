import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { metricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import { modelFiles, trainingFiles, trainingFolder } from "@deepgrain/command-line/runs/run-record";
import { driveTraining } from "@deepgrain/command-line/trainings/drive-training";
import { holdOutEnd } from "@deepgrain/command-line/trainings/hold-out-end";
import { readTexts } from "@deepgrain/command-line/trainings/pretraining-texts";
import { trainValidationSplit } from "@deepgrain/datasets";
import {
  copyTokenizer,
  extendContext,
  loadModel,
  loadTokenizer,
  lossByPosition,
  type PositionLoss,
  saveModel,
  type TrainEvent,
} from "@deepgrain/lm";
import { fingerprintModel, fingerprintTexts } from "@deepgrain/studies/shared/fingerprint";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import type { extendFlags } from "./flags";

/** Buckets in which the loss is shown by position. */
const BUCKETS = 8;

/** Stages as they are typed: `1024x100x8,4096x100x2`. */
function parseStages(text: string) {
  return text.split(",").map((part) => {
    const [length, steps, batchSize, ...more] = part.split("x").map(Number);
    const isStage = [length, steps, batchSize].every((n) => Number.isInteger(n) && n! > 0);
    if (!isStage || more.length > 0)
      throw new UsageError(
        `--stages must be LENGTHxSTEPSxBATCH, separated by commas, such as 1024x100x8,4096x100x2; got "${part}"`,
      );
    return { length: length!, steps: steps!, batchSize: batchSize! };
  });
}

const byPosition = (losses: readonly PositionLoss[]) =>
  losses.map(({ from, to, loss }) => `  ${from} to ${to - 1}: ${loss.toFixed(3)}`).join("\n");

/**
 * A twentieth of the documents, or the end of the only one, is held out; nothing of one that is too short for that.
 * @throws {FormatError} for one document that is shorter than a sequence
 */
function setAside(
  documents: readonly number[][],
  longest: number,
  { progress }: Pick<CommandContext, "progress">,
) {
  const [only = [], ...others] = documents;
  if (others.length > 0) {
    const { train, validation } = trainValidationSplit(documents, { validation: 0.05 });
    return { train, heldOut: validation };
  }
  if (only.length < longest)
    throw new FormatError(
      `--data is too short for sequences of ${longest} tokens: it is one document of ${only.length}; give more text or shorter stages`,
    );
  const { train, heldOut } = holdOutEnd(only, longest);
  progress.note(
    heldOut.length > 0
      ? `The text is one document: its last ${heldOut.length} of ${only.length} tokens are held out, to be measured on`
      : "Nothing is set aside to be measured on: the text is too short.",
  );
  return { train: [train], heldOut: heldOut.length > 0 ? [heldOut] : [] };
}

/** `extend`. */
export const extend: RunCommand<typeof extendFlags> = async (
  { model: folder, data, out, resume, overwrite, json, ...values },
  context,
) => {
  const { write, progress, signal, assertOutputs, reached } = context;
  const { factor, scaling, longWeight, seed, lr: peak, warmup, gradientCheckpointing } = values;
  const stages = parseStages(values.stages);
  if (out === folder) throw new UsageError("--out must be a folder of its own");
  const texts = await readTexts(data, context);
  const { checkpointEvery, ...settings } = values;
  await context.claim(out, {
    command: "extend",
    settings,
    data: { model: await fingerprintModel(folder), texts: fingerprintTexts(texts) },
    ...trainingFiles(modelFiles),
    resume,
    overwrite,
  });
  const tokenizer = await loadTokenizer(folder);
  const encode = (text: string) => {
    const ids = tokenizer.encode(text);
    const { eosTokenId: end } = tokenizer;
    return end === undefined || ids.at(-1) === end ? ids : [...ids, end];
  };
  const longest = Math.max(...stages.map(({ length }) => length));
  const { train, heldOut } = setAside(texts.map(encode), longest, context);
  manualSeed(seed);
  const model = await loadModel(folder, { signal });
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  const { checkpoints, metrics } = trainingFolder(out);
  const run = extendContext(model, train, {
    factor,
    scaling,
    stages,
    longWeight,
    seed,
    gradientCheckpointing,
    lr: optim.cosineSchedule({ peak, warmup, total, floor: peak / 10 }),
    checkpoint: { folder: checkpoints, everySteps: checkpointEvery },
    resume,
    signal,
  });
  const first = await run.next();
  if (first.done || first.value.type !== "extend-start") throw new Error("extend: no model");
  const { model: longer, positions } = first.value;
  const bucket = Math.max(1, Math.ceil(positions / BUCKETS));
  const measure = async () =>
    heldOut.length > 0 ? lossByPosition(longer, heldOut, { bucket, signal }) : [];
  const before = await measure();
  async function* trainEvents(): AsyncGenerator<TrainEvent> {
    for await (const event of run)
      if (event.type === "stage-start")
        progress.note(`stage ${event.stage + 1} of ${stages.length}: ${event.length} tokens`);
      else if (event.type !== "extend-start") yield event;
  }
  const log = metricsLog(metrics);
  const { trainedParameters, tokens, seconds } = await driveTraining({
    stage: "extend",
    title: "Extending",
    progress,
    metrics: log,
    assertOutputs,
    reached,
    dryRun: context.dryRun,
  })(trainEvents());
  const after = await measure();
  await saveModel(out, longer);
  await copyTokenizer(folder, out);
  await assertOutputs();
  const result = { out, positions, trainedParameters, tokens, seconds, before, after };
  const losses = [
    `loss by position, untrained:\n${byPosition(before)}`,
    `loss by position:\n${byPosition(after)}`,
  ];
  const text = heldOut.length > 0 ? [...losses, out] : [out];
  write(`${json ? JSON.stringify(result) : text.join("\n")}\n`);
};
