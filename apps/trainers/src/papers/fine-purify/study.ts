import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ChosenRho, evaluate, purify, seededRandom, shuffled } from "@deepgrain/fine-purify";
import {
  type Defender,
  defendEncoder,
  defenderFisher,
  encoderDefences,
  predictRows,
  type RowClassifier,
  rowAccuracy,
  weightsOf,
} from "@deepgrain/fine-purify/encoders";
import { type RunContext, type RunEvent, study } from "@deepgrain/lab";
import { type NamedTensors, readSafetensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import type { WithData } from "../compare-study";
import { limitThreads } from "../one-thread-backend";
import { claims } from "./claims";
import { type PurifySettings, purifySizes } from "./recipe";
import { sections } from "./report";
import { noResult, type PurifyResult, resultSchema, type Tried } from "./results";
import type { Row, Task } from "./task";
import { experiments, type PurifyVariant, variants } from "./variants";
import { attack, classifierOf, pretrain, taskOf, triggeredRows, victimOf } from "./victims";

type StudySettings = PurifySettings & WithData;
type Context = RunContext<StudySettings>;
type Run = AsyncGenerator<RunEvent, PurifyResult, void>;

const folderOf = ({ artifacts }: Context): string => dirname(artifacts);

const fileOf = ({ artifacts }: Context, seed: number, name: string) =>
  join(artifacts, `seed-${seed}`, `${name.replaceAll("/", "-")}.safetensors`);

async function save(path: string, weights: NamedTensors, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeSafetensors(path, weights, { signal });
}

async function* runPretraining({ id }: PurifyVariant, seed: number, context: Context): Run {
  const { settings, signal } = context;
  const name = id.startsWith("toy") ? "toy" : "text";
  const task = await taskOf(name, seed, settings, folderOf(context));
  const { weights, loss } = yield* pretrain(task, seed, settings, signal);
  await save(fileOf(context, seed, id), weights, signal);
  return { ...noResult, loss };
}

/** ACC, ASR and held-out accuracy of a classifier, with the rules of their subsets. */
async function measured(classifier: RowClassifier<Row>, task: Task, triggered: readonly Row[]) {
  const { target } = task.backdoor("word");
  const predict = (rows: readonly Row[]) => predictRows(classifier, rows);
  const { acc, asr } = await evaluate(predict, { clean: task.test, triggered, target });
  return {
    acc: acc!.value,
    asr: asr!.value,
    heldOut: await rowAccuracy(classifier, task.heldOut),
    rules: { ACC: `${acc!.rule}, ${acc!.size}`, ASR: `${asr!.rule}, ${asr!.size}` },
  };
}

/** Triggered test rows of a victim; a clean one is measured with the word that others are attacked with. */
const triggeredFor = (task: Task, victim: string, seed: number): readonly Row[] => {
  const { trigger } = victimOf(victim);
  return triggeredRows(task, trigger === "none" ? "word" : trigger, seed);
};

/** What a defender of a victim knows and has. */
async function defenderOf(
  victim: string,
  seed: number,
  context: Context,
  threshold: number,
): Promise<Defender<Row> & { task: Task }> {
  const { settings, signal } = context;
  const { task: name } = victimOf(victim);
  const task = await taskOf(name, seed, settings, folderOf(context));
  const init = await readSafetensors(fileOf(context, seed, `${name}/pretraining`));
  return {
    task,
    classifier: classifierOf(task, init, seed),
    init,
    finetuned: await readSafetensors(fileOf(context, seed, `${victim}/victim`)),
    clean: shuffled(task.clean, seededRandom(6000 + seed)),
    heldOut: task.heldOut,
    threshold,
    counts: task.counts,
    resetRows: task.epurRows,
    maskSteps: settings.maskSteps,
    largestDrift: Number.POSITIVE_INFINITY, // the checkpoints are known to belong together
    seed,
    signal,
  };
}

/** How far a victim's weights moved, and whether they moved as the theory of SGD says. */
async function driftOf(
  defender: Defender<Row>,
): Promise<Pick<PurifyResult, "medianDrift" | "correlation">> {
  const { init, finetuned, largestDrift = 0, signal } = defender;
  const fisher = await defenderFisher(defender, "init");
  const { report } = await purify(init, finetuned, { fisher, rho: 1, largestDrift, signal });
  return { medianDrift: report.medianDrift, correlation: report.correlation };
}

async function* runVictim({ id, victim = "" }: PurifyVariant, seed: number, context: Context): Run {
  const { settings, signal } = context;
  const how = victimOf(victim);
  const task = await taskOf(how.task, seed, settings, folderOf(context));
  const init = await readSafetensors(fileOf(context, seed, `${how.task}/pretraining`));
  const classifier = classifierOf(task, init, seed);
  try {
    yield* attack(classifier, task, how, { seed, settings, signal });
    await save(fileOf(context, seed, id), weightsOf(classifier.model), signal);
    const found = await measured(classifier, task, triggeredFor(task, victim, seed));
    return {
      ...noResult,
      ...found,
      ...(await driftOf(await defenderOf(victim, seed, context, 0))),
    };
  } finally {
    classifier.model.dispose();
  }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

type Chosen = ChosenRho<Awaited<ReturnType<typeof measured>>>;

/** Means over masks, ratio by ratio. */
const meanTried = (all: readonly Chosen[]): Tried[] =>
  all[0]!.tried.map(({ rho }, i) => {
    const at = (read: (one: Chosen["tried"][number]) => number) =>
      meanOf(all.map(({ tried }) => read(tried[i]!)));
    return {
      rho,
      heldOut: at(({ accuracy }) => accuracy),
      acc: at(({ result }) => result.acc),
      asr: at(({ result }) => result.asr),
    };
  });

async function* runDefence(
  { victim = "", method }: PurifyVariant,
  seed: number,
  context: Context,
): Run {
  const { settings } = context;
  const defence = encoderDefences.find(({ id }) => id === method)!;
  const { heldOut } = context.result<PurifyResult>(`${victim}/victim`);
  const defender = await defenderOf(victim, seed, context, heldOut! - settings.tolerance);
  const triggered = triggeredFor(defender.task, victim, seed);
  const { masks = 1, hasRho } = defence;
  const shared = {
    grid: settings.grid,
    tuneSteps: settings.tuneSteps,
    tuneRate: 3e-4,
    tryAll: true,
  };
  const measure = () => measured(defender.classifier, defender.task, triggered);
  try {
    const found: Chosen[] = [];
    for (let mask = 0; mask < masks; mask++) {
      found.push(await defendEncoder(defence, defender, { ...shared, mask, measure }));
      yield { type: "progress", done: (mask + 1) / masks, message: `mask ${mask + 1} of ${masks}` };
    }
    const of = (read: (one: Chosen) => number) => meanOf(found.map(read));
    return {
      ...noResult,
      acc: of(({ result }) => result.acc),
      asr: of(({ result }) => result.asr),
      heldOut: of(({ accuracy }) => accuracy),
      rho: hasRho ? of(({ rho }) => rho) : null,
      reached: found.every(({ reached }) => reached),
      tried: meanTried(found),
      rules: found[0]!.result.rules,
    };
  } finally {
    defender.classifier.model.dispose();
  }
}

/** Fine-purifying, its baselines and attacks in miniature: every victim is defended by every method at every seed. */
export const finePurify = study({
  name: "fine-purify",
  title: "Backdoors and how to take them out, in miniature",
  lead: "Encoders are pre-trained, attacked, and cleaned with the pre-trained weights and a few clean rows. Every method keeps as few fine-tuned weights as held-out accuracy allows, so that methods are compared at equal clean accuracy; fine-tuning alone is always among them.",
  module: new URL("./study-fine-purify.js", import.meta.url).href,
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
  parse: (result) => resultSchema.parse(result),
  claims,
  sections,
});
