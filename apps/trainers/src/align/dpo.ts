import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type EncodedPair,
  encodePreference,
  parsePreferences,
  type Reference,
  referenceLogps,
  dpo as trainDpo,
} from "@deepgrain/align";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import {
  type Prepared,
  readData,
  runAlign,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { loadModel } from "@deepgrain/lm";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { saveJson } from "@deepgrain/support/files";
import { z } from "zod";
import type { dpoFlags } from "./flags";

const logpsSchema = z.strictObject({ chosen: z.array(z.number()), rejected: z.array(z.number()) });

/** Files of reference log-probabilities in the folder of the run. */
const referenceFiles = { train: "train-reference.json", heldOut: "held-out-reference.json" };

/** Reference log-probabilities of all pairs: computed before the first step, and kept beside the run for its resumption. */
async function storedReference(
  path: string,
  { model }: Prepared,
  pairs: readonly EncodedPair[],
  { progress, signal }: CommandContext,
): Promise<Reference> {
  if (existsSync(path)) {
    const { chosen, rejected } = await readJson(path, logpsSchema);
    if (chosen.length === pairs.length)
      return { chosen: Float32Array.from(chosen), rejected: Float32Array.from(rejected) };
  }
  const task = progress.task("Reference");
  const found = await referenceLogps(model, pairs, {
    signal,
    onProgress: (done, all) => task.update(done / all, `${done} pairs`),
  });
  task.end(`${pairs.length} pairs`);
  await saveJson(path, { chosen: Array.from(found.chosen), rejected: Array.from(found.rejected) });
  return found;
}

/** `align dpo`. */
export const alignDpo: RunCommand<typeof dpoFlags> = async (values, context) => {
  const {
    out,
    beta,
    loss,
    labelSmoothing,
    sftWeight,
    reference: kind,
    maxKl,
    heldOut: share,
  } = values;
  const { signal } = context;
  const records = await readData(values, parsePreferences, context);
  if (maxKl !== undefined && kind !== "model")
    throw new UsageError("--max-kl needs --reference model");
  await runAlign(values, context, {
    command: "dpo",
    title: "DPO",
    settings: {
      beta,
      loss,
      labelSmoothing,
      sftWeight,
      reference: kind,
      dtype: values.dtype,
      maxKl: maxKl ?? null,
      heldOut: share,
    },
    state: Object.values(referenceFiles),
    encode: (tokenizer, options) =>
      records.map((record) => encodePreference(record, tokenizer, options)),
    async train(prepared) {
      const { lora } = prepared;
      const { train, heldOut } = splitRows(prepared.rows, share);
      const references = async (pairs: readonly EncodedPair[], name: string) => {
        if (kind === "none" || pairs.length === 0) return undefined;
        if (kind === "precomputed")
          return storedReference(join(out, name), prepared, pairs, context);
        return lora ? undefined : loadModel(values.model, { dtype: values.dtype, signal });
      };
      const reference = await references(train, referenceFiles.train);
      const measured =
        kind === "precomputed" ? await references(heldOut, referenceFiles.heldOut) : reference;
      const everySteps = values.evaluateEvery;
      return trainDpo(prepared.model, train, {
        ...trainingOptions(values, { checkpoints: prepared.checkpoints, signal }),
        beta,
        lossType: loss,
        labelSmoothing,
        sftWeight,
        padTokenId: prepared.padTokenId,
        referenceFree: kind === "none" ? true : undefined,
        lora,
        reference,
        maxKl,
        evaluation:
          heldOut.length > 0 ? { everySteps, pairs: heldOut, reference: measured } : undefined,
      });
    },
  });
};
