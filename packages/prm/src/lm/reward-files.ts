import { readFile } from "node:fs/promises";
import { type LoadOptions, loadModel, saveModel } from "@deepgrain/lm";
import { inFolder, makeFolder, writeFileAtomic } from "@deepgrain/support/files";
import { notJson } from "@deepgrain/support/json";
import { moduleWeights } from "@deepgrain/trainer";
import { having, optionsOf, PrmError, refuseUnknown, textOf } from "../errors";
import type { StepForm } from "./step-encoding";
import { type StepHead, StepRewardModel } from "./step-reward-model";

const FILE = "step-reward.json";

/** The settings of a reward model in its folder, in addition to the backbone. */
export interface StepRewardSettings {
  readonly head: StepHead;
  readonly form: StepForm;
  /** The training target. */
  readonly target: "process" | "outcome";
}

/**
 * Writes a reward model: the backbone as a model folder, step-reward.json, and the head's layers beside them. The
 * caller must copy the tokenizer.
 */
export async function saveStepRewardModel(
  folder: string,
  model: StepRewardModel,
  options: Partial<Omit<StepRewardSettings, "head">> = {},
): Promise<void> {
  const {
    form = { kind: "pieces" },
    target = "process",
    ...rest
  } = optionsOf("saveStepRewardModel", options);
  refuseUnknown("saveStepRewardModel", rest);
  textOf("saveStepRewardModel", "folder", folder);
  having("saveStepRewardModel", "model", model, "model");
  await saveModel(folder, model.model);
  for (const [i, layer] of model.score.entries()) {
    const own = inFolder(folder, `score-${i}`);
    await makeFolder(own);
    await moduleWeights(layer).save(own);
  }
  const settings: StepRewardSettings = { head: model.head, form, target };
  await writeFileAtomic(inFolder(folder, FILE), `${JSON.stringify(settings, null, 2)}\n`);
}

const kinds = new Set(["tag", "value", "classes", "mlp", "likelihood"]);

async function readSettings(folder: string): Promise<StepRewardSettings> {
  const path = inFolder(folder, FILE);
  const fail = (problem: string, cause?: unknown) =>
    new PrmError("ERR_FORMAT", `loadStepRewardModel: ${path} ${problem}`, {
      fields: { path },
      cause,
    });
  const text = await readFile(path, "utf8").catch((error) => {
    throw new PrmError(
      "ERR_MISSING",
      `loadStepRewardModel: there is no ${path}: this is no folder of a step reward model`,
      { fields: { path }, cause: error },
    );
  });
  let found: Partial<StepRewardSettings> | null;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new PrmError("ERR_FORMAT", `loadStepRewardModel: ${path}: ${notJson(text)}`, {
      fields: { path },
      cause: error,
    });
  }
  if (!found?.head || !kinds.has(found.head.kind) || !found.form || !found.target)
    throw fail("must hold head, form and target");
  if (found.form.kind !== "pieces" && found.form.kind !== "tagged")
    throw fail(`names an unknown form, ${JSON.stringify(found.form.kind)}`);
  return found as StepRewardSettings;
}

/**
 * Reads a model written by {@link saveStepRewardModel}.
 * @throws {PrmError} `ERR_MISSING` for a folder without step-reward.json, `ERR_FORMAT` for a damaged one; as `loadModel`;
 *   {TrainerError} `ERR_FORMAT` for a head of another shape
 */
export async function loadStepRewardModel(
  folder: string,
  options: LoadOptions = {},
): Promise<StepRewardSettings & { model: StepRewardModel }> {
  const { strict, signal, onProgress, ...rest } = optionsOf("loadStepRewardModel", options);
  refuseUnknown("loadStepRewardModel", rest);
  const settings = await readSettings(folder);
  const model = new StepRewardModel(await loadModel(folder, options), settings.head);
  for (const [i, layer] of model.score.entries())
    await moduleWeights(layer).restore(inFolder(folder, `score-${i}`));
  return { ...settings, model };
}
