import { readFile } from "node:fs/promises";
import { type LoadOptions, loadModel, saveModel } from "@deepgrain/lm";
import { inFolder, makeFolder, writeFileAtomic } from "@deepgrain/support/files";
import { notJson } from "@deepgrain/support/json";
import { moduleWeights } from "@deepgrain/trainer";
import { having, optionsOf, PrmError, refuseUnknown, textOf } from "../errors";
import { isQwenPrm, loadQwenPrm, qwenForm } from "./qwen-prm";
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

const kinds = new Set(["tag", "value", "classes", "mlp", "three", "likelihood"]);

/** A file as JSON; undefined where there is none. @throws {PrmError} `ERR_FORMAT` */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `loadStepRewardModel: ${path}: ${notJson(text)}`;
    throw new PrmError("ERR_FORMAT", message, { fields: { path }, cause });
  }
}

/** The settings in step-reward.json as read. @throws {PrmError} `ERR_FORMAT` */
function checkSettings(path: string, json: unknown): StepRewardSettings {
  const fail = (problem: string) =>
    new PrmError("ERR_FORMAT", `loadStepRewardModel: ${path} ${problem}`, { fields: { path } });
  const found = json as Partial<StepRewardSettings> | null;
  if (!found?.head || !kinds.has(found.head.kind) || !found.form || !found.target)
    throw fail("must hold head, form and target");
  if (found.form.kind !== "pieces" && found.form.kind !== "tagged")
    throw fail(`names an unknown form, ${JSON.stringify(found.form.kind)}`);
  return found as StepRewardSettings;
}

/** A folder of Qwen2.5-Math-PRM; undefined for other folders. */
async function qwenModel(folder: string, options: LoadOptions) {
  const config = await readJson(inFolder(folder, "config.json"));
  if (!isQwenPrm(config)) return undefined;
  const model = await loadQwenPrm(folder, config as object, options);
  return { head: model.head, form: qwenForm, target: "process", model } as const;
}

/**
 * Reads a model written by {@link saveStepRewardModel}, or a Hugging Face folder of Qwen2.5-Math-PRM, whose form is that
 * of its card.
 *
 * @throws {PrmError} `ERR_MISSING` for a folder of neither kind, `ERR_FORMAT` for a damaged one, which for Qwen2.5-Math-PRM
 *   names the head's weight that is missing or of another shape; as `loadModel`; {TrainerError} `ERR_FORMAT` for a head of another shape
 */
export async function loadStepRewardModel(
  folder: string,
  options: LoadOptions = {},
): Promise<StepRewardSettings & { model: StepRewardModel }> {
  const { strict, signal, onProgress, ...rest } = optionsOf("loadStepRewardModel", options);
  refuseUnknown("loadStepRewardModel", rest);
  textOf("loadStepRewardModel", "folder", folder);
  const path = inFolder(folder, FILE);
  const json = await readJson(path);
  if (json === undefined) {
    const qwen = await qwenModel(folder, options);
    if (qwen) return qwen;
    const problem = `there is no ${path}: this is no folder of a step reward model`;
    throw new PrmError("ERR_MISSING", `loadStepRewardModel: ${problem}`, { fields: { path } });
  }
  const settings = checkSettings(path, json);
  const model = new StepRewardModel(await loadModel(folder, options), settings.head);
  for (const [i, layer] of model.score.entries())
    await moduleWeights(layer).restore(inFolder(folder, `score-${i}`));
  return { ...settings, model };
}
