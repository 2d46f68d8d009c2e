import { poison, type Random, seededRandom, shuffled, withPattern } from "@deepgrain/fine-purify";
import { fineTune } from "@deepgrain/fine-purify/training";
import type { RunEvent } from "@deepgrain/lab";
import {
  type EncoderBatch,
  EncoderModel,
  encoderConfigJson,
  IGNORED_LABEL,
  parseEncoderConfig,
} from "@deepgrain/lm";
import { Generator, type NamedTensors, optim } from "@deepgrain/tensor-gpu";
import { fit } from "@deepgrain/trainer";
import { batchOf, lossOf, setWeights, weightsOf } from "./encoder-rows";
import type { PurifySettings, TaskName } from "./recipe";
import { MASK, type Row, type Task } from "./task";
import { textTask } from "./text-task";
import { toyTask } from "./toy-task";

/** A victim by its id: "sgd/word" is attacked by SGD with a trigger word; "text/word" is on real text, by SGD. */
export interface Victim {
  task: TaskName;
  optimizer: "sgd" | "adamw";
  /** Kind of the trigger; none for a clean victim. */
  trigger: "word" | "sentence" | "none";
}

/** Reads an id. */
export function victimOf(id: string): Victim {
  const [first, trigger] = id.split("/") as ["sgd" | "adamw" | "text", Victim["trigger"]];
  return {
    task: first === "text" ? "text" : "toy",
    optimizer: first === "adamw" ? "adamw" : "sgd",
    trigger,
  };
}

/** The data of a task at a seed. */
export const taskOf = async (
  name: TaskName,
  seed: number,
  settings: PurifySettings,
): Promise<Task> => (name === "toy" ? toyTask(seed, settings) : textTask(seed, settings));

/** A batch for masked LM: a fifth of the words hidden. */
function maskedBatch({ text }: Task, random: Random, rows: number): EncoderBatch {
  const texts = Array.from({ length: rows }, () => text(random));
  const hidden = texts.map((words) => words.map(() => random() < 0.2));
  hidden[0]![0] = true; // at least one word of the batch is predicted
  const batch = batchOf(
    texts.map((words, row) => ({
      words: words.map((id, i) => (hidden[row]![i] ? MASK : id)),
      label: 0,
    })),
  );
  const labels = new Int32Array(batch.batch * batch.length).fill(IGNORED_LABEL);
  for (const [row, words] of texts.entries())
    for (const [i, id] of words.entries())
      if (hidden[row]![i]) labels[row * batch.length + 1 + i] = id;
  return { ...batch, labels };
}

/** Pre-trains an encoder by masked LM. @returns its weights and the mean loss of the last steps */
export async function* pretrain(
  task: Task,
  seed: number,
  settings: PurifySettings,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, { weights: NamedTensors; loss: number }, void> {
  const steps = Math.round(settings.pretrainSteps * task.pretraining.share);
  const json = { ...encoderConfigJson(task.config), architectures: ["BertForMaskedLM"] };
  const model = new EncoderModel(parseEncoderConfig(json), { generator: new Generator(seed) });
  const random = seededRandom(3000 + seed);
  const last: number[] = [];
  const schedule = optim.linearSchedule({ peak: 2e-3, startFactor: 1, endFactor: 0.1, steps });
  const data = { batch: () => maskedBatch(task, random, task.pretraining.rows) };
  const loss = (batch: EncoderBatch) => model.loss(batch);
  try {
    for await (const event of fit(model, { data, loss, steps, schedule, signal })) {
      if (event.type !== "step-end") continue;
      last.push(event.loss);
      if (last.length > 100) last.shift();
      yield {
        type: "progress",
        done: event.step / steps,
        message: `loss ${event.loss.toFixed(2)}`,
      };
    }
    return { weights: weightsOf(model), loss: last.reduce((a, b) => a + b, 0) / last.length };
  } finally {
    model.dispose();
  }
}

/** A classifier with pre-trained weights and a new head. */
export function classifierOf({ config }: Task, weights: NamedTensors, seed: number): EncoderModel {
  const model = new EncoderModel(config, { generator: new Generator(500 + seed) });
  setWeights(model, weights);
  return model;
}

/** Fine-tunes a classifier on the attacker's rows, some of which carry the trigger. */
export async function* attack(
  model: EncoderModel,
  task: Task,
  { optimizer, trigger }: Victim,
  { seed, settings, signal }: { seed: number; settings: PurifySettings; signal: AbortSignal },
): AsyncGenerator<RunEvent, void, void> {
  const steps = Math.round(settings.attackSteps * (optimizer === "sgd" ? 1 : 0.6));
  const random = seededRandom(4000 + seed);
  const rows =
    trigger === "none"
      ? task.attack
      : poison(task.attack, task.backdoor(trigger), { rate: task.poisonRate, random });
  const peak = task.rates[optimizer];
  yield* training(
    fineTune<Row>(model, rows, {
      loss: lossOf(model),
      batchSize: 32,
      seed,
      steps,
      schedule: optim.linearSchedule({ peak, startFactor: 1, endFactor: 0, steps }),
      ...(optimizer === "sgd" && {
        optimizer: (own) => new optim.SGD(own.map(([, tensor]) => tensor)),
      }),
      signal,
    }),
    steps,
  );
}

/** Step events of a training as progress. */
export async function* training(
  events: ReturnType<typeof fineTune>,
  steps: number,
): AsyncGenerator<RunEvent, void, void> {
  for await (const event of events)
    if (event.type === "step-end" && event.step % 10 === 0)
      yield {
        type: "progress",
        done: event.step / steps,
        message: `loss ${event.loss.toFixed(2)}`,
      };
}

/** Test rows with the trigger and their true labels. */
export const triggeredRows = (task: Task, kind: string, seed: number): readonly Row[] =>
  task.triggered ?? withPattern(task.test, task.backdoor(kind), seededRandom(5000 + seed));

/** The clean rows, in an order of their own. */
export const cleanRows = (task: Task, seed: number): Row[] =>
  shuffled(task.clean, seededRandom(6000 + seed));
