import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { evaluate, searchRho } from "@deepgrain/fine-purify";
import { fineTune } from "@deepgrain/fine-purify/training";
import { type RunContext, type RunEvent, study } from "@deepgrain/lab";
import { type NamedTensors, readSafetensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import type { WithData } from "../compare-study";
import { limitThreads } from "../one-thread-backend";
import { claims } from "./claims";
import { type Defender, type Method, methods } from "./defend";
import { driftOf } from "./drift-of";
import { accuracyOf, lossOf, predict, weightsOf } from "./encoder-rows";
import { type PurifySettings, purifySizes } from "./recipe";
import { sections } from "./report";
import { noResult, type PurifyResult, resultSchema, type Tried } from "./results";
import type { Row, Task } from "./task";
import { experiments, type PurifyVariant, variants } from "./variants";
import {
  attack,
  classifierOf,
  cleanRows,
  pretrain,
  taskOf,
  training,
  triggeredRows,
  victimOf,
} from "./victims";

export type StudySettings = PurifySettings & WithData;
type Context = RunContext<StudySettings>;
type Run = AsyncGenerator<RunEvent, PurifyResult, void>;

const fileOf = ({ artifacts }: Context, seed: number, name: string) =>
  join(artifacts, `seed-${seed}`, `${name.replaceAll("/", "-")}.safetensors`);

async function save(path: string, weights: NamedTensors, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeSafetensors(path, weights, { signal });
}

async function* runPretraining(variant: PurifyVariant, seed: number, context: Context): Run {
  const { settings, signal } = context;
  const task = await taskOf(variant.id.startsWith("toy") ? "toy" : "text", seed, settings);
  const { weights, loss } = yield* pretrain(task, seed, settings, signal);
  await save(fileOf(context, seed, variant.id), weights, signal);
  return { ...noResult, loss };
}

/** ACC, ASR and held-out accuracy of a model. */
async function measured(defender: Pick<Defender, "model" | "task">, triggered: readonly Row[]) {
  const { model, task } = defender;
  const { target } = task.backdoor("word");
  const sets = { clean: task.test, triggered, target };
  const { acc, asr } = await evaluate((rows) => predict(model, rows), sets);
  return {
    acc: acc!.value,
    asr: asr!.value,
    heldOut: await accuracyOf(model, task.heldOut),
    rules: { ACC: `${acc!.rule}, ${acc!.size}`, ASR: `${asr!.rule}, ${asr!.size}` },
  };
}

const kindOf = (victim: string) => {
  const { trigger } = victimOf(victim);
  return trigger === "none" ? "word" : trigger;
};

async function* runVictim({ id, victim }: PurifyVariant, seed: number, context: Context): Run {
  const { settings, signal } = context;
  const how = victimOf(victim!);
  const task = await taskOf(how.task, seed, settings);
  const init = await readSafetensors(fileOf(context, seed, `${how.task}/pretraining`));
  const model = classifierOf(task, init, seed);
  try {
    yield* attack(model, task, how, { seed, settings, signal });
    const finetuned = weightsOf(model);
    await save(fileOf(context, seed, id), finetuned, signal);
    const found = await measured({ model, task }, triggeredRows(task, kindOf(victim!), seed));
    const drift = await driftOf({
      model,
      task,
      init,
      finetuned,
      clean: cleanRows(task, seed),
      signal,
    });
    return { ...noResult, ...found, ...drift };
  } finally {
    model.dispose();
  }
}

interface Outcome extends Tried {
  rules: Record<string, string>;
}

/** Cleans, fine-tunes and measures once. */
async function* tryOnce(
  method: Method,
  defender: Defender,
  triggered: readonly Row[],
  [rho, mask]: readonly [number, number],
): AsyncGenerator<RunEvent, Outcome, void> {
  const { model, clean, settings, seed, signal } = defender;
  const steps = settings.tuneSteps;
  await method.apply(defender, rho, mask);
  const loss = lossOf(model);
  yield* training(
    fineTune(model, clean, {
      loss,
      batchSize: 8,
      seed,
      steps,
      schedule: 3e-4,
      optimizer: {},
      signal,
    }),
    steps,
  );
  return { rho, ...(await measured(defender, triggered)) };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means over masks, ratio by ratio. */
const meanTried = (all: readonly (readonly Tried[])[]): Tried[] =>
  all[0]!.map(({ rho }, i) => ({
    rho,
    heldOut: meanOf(all.map((own) => own[i]!.heldOut)),
    acc: meanOf(all.map((own) => own[i]!.acc)),
    asr: meanOf(all.map((own) => own[i]!.asr!)),
  }));

/** Runs a method over the grid. `searchRho` asks for events to be collected, since it is no generator. */
async function defend(method: Method, defender: Defender, triggered: readonly Row[], mask: number) {
  const { settings, threshold, signal } = defender;
  return searchRho({
    threshold,
    grid: method.hasRho ? settings.grid : [1],
    tryAll: true,
    signal,
    async evaluate(rho) {
      const run = tryOnce(method, defender, triggered, [rho, mask]);
      let step = await run.next();
      while (!step.done) step = await run.next();
      return { accuracy: step.value.heldOut, result: step.value };
    },
  });
}

async function defenderOf(
  variant: PurifyVariant,
  seed: number,
  context: Context,
): Promise<Defender> {
  const { settings, signal } = context;
  const { task: name } = victimOf(variant.victim!);
  const task: Task = await taskOf(name, seed, settings);
  const init = await readSafetensors(fileOf(context, seed, `${name}/pretraining`));
  const finetuned = await readSafetensors(fileOf(context, seed, `${variant.victim}/victim`));
  const before = context.result<PurifyResult>(`${variant.victim}/victim`);
  return {
    model: classifierOf(task, init, seed),
    task,
    init,
    finetuned,
    clean: cleanRows(task, seed),
    settings,
    threshold: before.heldOut! - settings.tolerance,
    seed,
    signal,
  };
}

async function* runDefence(variant: PurifyVariant, seed: number, context: Context): Run {
  const method = methods.find(({ id }) => id === variant.method)!;
  const defender = await defenderOf(variant, seed, context);
  const triggered = triggeredRows(defender.task, kindOf(variant.victim!), seed);
  const masks = method.masks ?? 1;
  try {
    const found: Awaited<ReturnType<typeof defend>>[] = [];
    for (let mask = 0; mask < masks; mask++) {
      found.push(await defend(method, defender, triggered, mask));
      yield { type: "progress", done: (mask + 1) / masks, message: `mask ${mask + 1} of ${masks}` };
    }
    const of = (read: (one: (typeof found)[number]) => number) => meanOf(found.map(read));
    return {
      ...noResult,
      acc: of(({ result }) => result.acc),
      asr: of(({ result }) => result.asr!),
      heldOut: of(({ accuracy }) => accuracy),
      rho: method.hasRho ? of(({ rho }) => rho) : null,
      reached: found.every(({ reached }) => reached),
      tried: meanTried(
        found.map(({ tried }) => tried.map(({ result: { rules: _, ...own } }) => own)),
      ),
      rules: found[0]!.result.rules,
    };
  } finally {
    defender.model.dispose();
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
