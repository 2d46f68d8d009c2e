import { adapterFiles, modelFiles, trainingFiles } from "@deepgrain/command-line/runs/run-record";
import type { MixedDocuments } from "@deepgrain/command-line/trainings/mixed-texts";
import { loraSettings } from "@deepgrain/command-line/trainings/prepare-align";
import { tokenizerFile } from "@deepgrain/command-line/trainings/pretraining-texts";
import {
  fingerprintFiles,
  fingerprintModel,
  fingerprintTexts,
} from "@deepgrain/studies/shared/fingerprint";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";
import { balanceRecord } from "./balance";
import type { Settled } from "./settle-flags";

/** The texts of a pre-training. */
interface Texts {
  own: readonly string[];
  mixed: readonly MixedDocuments[];
}

/** Keys of a run that continues a model: the record of another has none of them. */
async function startOf(values: Settled) {
  if (values.model === undefined) return { settings: {}, data: {} };
  return {
    settings: loraSettings(values),
    data: { model: await fingerprintModel(values.model) },
  };
}

/** Keys of a run that mixes texts in. */
const mixOf = (mixed: readonly MixedDocuments[]) =>
  mixed.length === 0
    ? { settings: {}, data: {} }
    : {
        settings: { mix: mixed.map(({ share }) => share) },
        data: { mix: mixed.map(({ documents }) => fingerprintTexts(documents)) },
      };

/** The settings that determine the result of a training, for its run.json. Checkpoints may come at other intervals. */
export async function recordOf(values: Settled, { own, mixed }: Texts) {
  const { steps, batchSize, sequenceLength, lr, warmup, seed, evaluateEvery } = values;
  const { tokenizer, vocabSize, modelConfig: path, dropDevices = null, capacityFactor } = values;
  const { gradientAccumulation, weightDecay, maxGradNorm, schedule } = values;
  const file = tokenizer === undefined ? undefined : tokenizerFile(tokenizer);
  const isTokenizerNew = file === undefined && values.model === undefined;
  const start = await startOf(values);
  const mix = mixOf(mixed);
  const isAdapter = values.loraRank !== undefined && !values.merge;
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
      vocabSize: isTokenizerNew ? vocabSize : null,
      modelConfig: path === undefined ? null : await readJson(path, z.looseObject({})),
      dropDevices,
      capacityFactor,
      ...balanceRecord(values),
      ...start.settings,
      ...mix.settings,
    },
    data: {
      texts: fingerprintTexts(own),
      tokenizer: file === undefined ? null : await fingerprintFiles([file]),
      ...start.data,
      ...mix.data,
    },
    ...trainingFiles(isAdapter ? adapterFiles : modelFiles),
  };
}
