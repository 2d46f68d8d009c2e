import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type EncodedPair,
  encodePreference,
  parsePreferences,
  type Reference,
  referenceLogps,
  dpo as trainDpo,
} from "@deepgrain/align";
import { loadModel } from "@deepgrain/lm";
import { z } from "zod";
import type { CommandContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { checkForm } from "../formats/read-json";
import { saveJson } from "../formats/save-file";
import { alignFlags, heldOutFlag, splitRows, trainingOptions } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import { type Prepared, paddingOf, prepare, readData, saveTrained } from "../run/prepare-align";

const logpsSchema = z.strictObject({ chosen: z.array(z.number()), rejected: z.array(z.number()) });

/** Files of reference log-probabilities in the folder of the run. */
const referenceFiles = { train: "train-reference.json", heldOut: "held-out-reference.json" };

/** Reference log-probabilities of all pairs: computed before the first step, and kept beside the run for its resumption. */
async function storedReference(
  path: string,
  { model }: Prepared,
  pairs: readonly EncodedPair[],
  { progress, signal }: CommandContext,
): Promise<{ chosen: Float32Array; rejected: Float32Array }> {
  if (existsSync(path)) {
    const { chosen, rejected } = checkForm(
      JSON.parse(await readFile(path, "utf8")),
      logpsSchema,
      path,
    );
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

export const alignDpo = defineCommand({
  description:
    "Trains a model on preference pairs by direct preference optimisation. With --lora-rank the reference is the model with the adapter off.",
  examples: [
    "align dpo --model DIR --data pairs.jsonl --out tuned --lora-rank 8 --steps 200",
    "align dpo --model DIR --data pairs.jsonl --out tuned --reference precomputed",
    "align dpo --model DIR --data pairs.jsonl --out tuned --loss ipo --beta 0.05 --max-kl 0.5",
  ],
  flags: {
    ...alignFlags({
      lr: 5e-6,
      data: 'Pairs, one JSON object per line: {"prompt", "chosen", "rejected"} as texts or as lists of {"role", "content"}; without "prompt", answers that begin alike',
    }),
    heldOut: heldOutFlag,
    beta: flags.real({ min: 1e-6, default: 0.1, help: "Strength of the tie to the reference" }),
    loss: flags.choice(["sigmoid", "ipo", "hinge", "robust", "sigmoid-norm"], {
      default: "sigmoid",
      help: "The paper's loss, or a variant",
    }),
    labelSmoothing: flags.real({
      max: 0.49,
      default: 0,
      help: "Share of labels that may be wrong",
    }),
    reference: flags.choice(["model", "precomputed", "none"], {
      default: "model",
      help: "A second copy of the model (with --lora-rank the adapter left out), its numbers computed once, or none",
    }),
    maxKl: flags.real({
      min: 1e-6,
      help: "Bound of the KL to the reference, nats per token: a step above it is undone and ends the run, on held-out pairs too",
    }),
  },
  async run(values, context) {
    const { out, beta, loss, labelSmoothing, reference: kind, maxKl, heldOut: share } = values;
    const { signal, write } = context;
    const records = await readData(values, parsePreferences, context);
    const settings = {
      beta,
      loss,
      labelSmoothing,
      reference: kind,
      maxKl: maxKl ?? null,
      heldOut: share,
    };
    if (maxKl !== undefined && kind !== "model")
      throw new UsageError("--max-kl needs --reference model");
    const prepared = await prepare(values, {
      command: "dpo",
      settings,
      signal,
      claim: context.claim,
      state: Object.values(referenceFiles),
      encode: (tokenizer, options) =>
        records.map((record) => encodePreference(record, tokenizer, options)),
    });
    const { model, tokenizer, lora, checkpoints, rows } = prepared;
    const { train, heldOut } = splitRows(rows, share);
    const references = async (
      pairs: readonly EncodedPair[],
      name: string,
    ): Promise<Reference | undefined> => {
      if (kind === "none" || pairs.length === 0) return undefined;
      if (kind === "precomputed") return storedReference(join(out, name), prepared, pairs, context);
      return lora ? undefined : loadModel(values.model, { signal });
    };
    const reference = await references(train, referenceFiles.train);
    const measured =
      kind === "precomputed" ? await references(heldOut, referenceFiles.heldOut) : reference;
    const events = trainDpo(model, train, {
      ...trainingOptions(values, { checkpoints, signal }),
      beta,
      lossType: loss,
      labelSmoothing,
      padTokenId: paddingOf(tokenizer),
      ...(kind === "none" && { referenceFree: true }),
      ...(lora && { lora }),
      ...(reference && { reference }),
      ...(maxKl !== undefined && { maxKl }),
      ...(heldOut.length > 0 && {
        evaluation: {
          everySteps: values.evaluateEvery,
          pairs: heldOut,
          ...(measured && { reference: measured }),
        },
      }),
    });
    const outcome = await driveAlign(events, { stage: "dpo", title: "DPO", out }, context);
    await saveTrained(values, prepared);
    await context.assertOutputs();
    write(values.json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
  },
});
