import { dirname, join } from "node:path";
import { purify } from "@deepgrain/fine-purify";
import {
  defenderFisher,
  predictRows,
  type RowClassifier,
  weightsOf,
} from "@deepgrain/fine-purify/encoders";
import { classifierOf, type TokenRow } from "@deepgrain/fine-purify/miniature";
import { type RunContext, type RunEvent, study } from "@deepgrain/lab";
import { makeFolder } from "@deepgrain/support/files";
import { type NamedTensors, readSafetensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import type { WithData } from "../shared/with-data";
import { claims, unasked } from "./claims";
import { type Attacked, defenderOf, defendVictim, measured, rates } from "./defend-victim";
import { experiments, introduction } from "./introduction";
import { type PurifySettings, purifySizes } from "./recipe";
import { finding, picture, sections } from "./report";
import { noResult, type PurifyResult, resultSchema } from "./results";
import { screenVictim } from "./screen-victim";
import { controlRows, type Task, taskOf, triggeredRows, victimOf } from "./tasks";
import { attack, pretrain } from "./train-victim";
import { type PurifyVariant, variants } from "./variants";

type StudySettings = PurifySettings & WithData;
type Context = RunContext<StudySettings>;
type Run = AsyncGenerator<RunEvent, PurifyResult, void>;

const fileOf = ({ artifacts }: Context, seed: number, name: string) =>
  join(artifacts, `seed-${seed}`, `${name.replaceAll("/", "-")}.safetensors`);

async function save(path: string, weights: NamedTensors, signal: AbortSignal): Promise<void> {
  await makeFolder(dirname(path));
  await writeSafetensors(path, weights, { signal });
}

const openTask = (name: "toy" | "text", seed: number, { settings, artifacts }: Context) =>
  taskOf(name, seed, settings, dirname(artifacts));

async function* runPretraining({ id }: PurifyVariant, seed: number, context: Context): Run {
  const { settings, signal } = context;
  const task = await openTask(id.startsWith("toy") ? "toy" : "text", seed, context);
  const { weights, loss } = yield* pretrain(task, { seed, settings, signal });
  await save(fileOf(context, seed, id), weights, signal);
  return { ...noResult, loss };
}

/** How far a victim's weights moved, and whether they moved as the theory of SGD says. */
async function driftOf(
  attacked: Attacked,
): Promise<Pick<PurifyResult, "medianDrift" | "correlation">> {
  const defender = defenderOf(attacked);
  const { init, finetuned, largestDrift = 0, signal } = defender;
  try {
    const fisher = await defenderFisher(defender, "init");
    const { report } = await purify(init, finetuned, { fisher, rho: 1, largestDrift, signal });
    return { medianDrift: report.medianDrift, correlation: report.correlation };
  } finally {
    defender.classifier.model.dispose();
  }
}

/** How often rows of other classes get the target's label though other words stand in the trigger's place. */
async function controlOf(
  classifier: RowClassifier<TokenRow>,
  task: Task,
  rows: readonly TokenRow[] | undefined,
): Promise<number | null> {
  if (rows === undefined) return null;
  const { asr } = await rates((own) => predictRows(classifier, own), task, {
    ...task,
    triggered: rows,
  });
  return asr;
}

async function* runVictim({ id, victim = "" }: PurifyVariant, seed: number, context: Context): Run {
  const { settings, signal } = context;
  const how = victimOf(victim);
  const task = await openTask(how.task, seed, context);
  const init = await readSafetensors(fileOf(context, seed, `${how.task}/pretraining`));
  const classifier = classifierOf(task, init, seed);
  try {
    yield* attack(classifier, task, how, { seed, settings, signal });
    const finetuned = weightsOf(classifier.model);
    await save(fileOf(context, seed, id), finetuned, signal);
    const found = await measured(classifier, task, triggeredRows(task, how, seed));
    const control = await controlOf(classifier, task, controlRows(task, how, seed));
    const attacked = { victim, task, init, finetuned, seed, settings, signal, heldOut: 0 };
    return { ...noResult, ...found, control, ...(await driftOf(attacked)) };
  } finally {
    classifier.model.dispose();
  }
}

async function* runDefence(
  { kind, victim = "", method = "" }: PurifyVariant,
  seed: number,
  context: Context,
): Run {
  const { settings, signal } = context;
  const { task: name } = victimOf(victim);
  const attacked: Attacked = {
    victim,
    seed,
    settings,
    signal,
    task: await openTask(name, seed, context),
    init: await readSafetensors(fileOf(context, seed, `${name}/pretraining`)),
    finetuned: await readSafetensors(fileOf(context, seed, `${victim}/victim`)),
    heldOut: context.result<PurifyResult>(`${victim}/victim`).heldOut!,
  };
  if (kind === "screen") return await screenVictim(method, attacked);
  return yield* defendVictim(method, attacked);
}

/** Fine-purifying, its baselines and attacks in miniature: every victim is defended by every method at every seed. */
export const finePurify = study({
  name: "fine-purify",
  ...introduction,
  module: studyModule("fine-purify"),
  exportName: "finePurify",
  settings: { ...purifySizes.default, data: {} } as StudySettings,
  experiments,
  variants,
  async *run(variant: PurifyVariant, seed, context) {
    limitThreads(context.threads);
    if (variant.kind === "pretraining") return yield* runPretraining(variant, seed, context);
    if (variant.kind === "victim") return yield* runVictim(variant, seed, context);
    return yield* runDefence(variant, seed, context);
  },
  parse: (result: unknown) => resultSchema.parse(result),
  claims,
  unasked,
  finding,
  picture,
  sections,
});
