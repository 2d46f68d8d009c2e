import { poison, type Random, seededRandom, withPattern } from "@deepgrain/fine-purify";
import {
  type RowClassifier,
  rowLoss,
  setWeights,
  tokenBatch,
  weightsOf,
} from "@deepgrain/fine-purify/encoders";
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
import type { PurifySettings, TaskName } from "./recipe";
import { CLS, MASK, PAD, type Row, type Task } from "./task";
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

/** The data of a task at a seed. @param folder of the study */
export const taskOf = async (
  name: TaskName,
  seed: number,
  settings: PurifySettings,
  folder: string,
): Promise<Task> => (name === "toy" ? toyTask(seed, settings) : textTask(seed, settings, folder));

const batch = (rows: readonly Row[]): EncoderBatch => tokenBatch(rows, { cls: CLS, pad: PAD });

/** A batch for masked LM: a fifth of the words hidden. */
function maskedBatch({ text, pretraining }: Task, random: Random): EncoderBatch {
  const texts = Array.from({ length: pretraining.rows }, () => text(random));
  const hidden = texts.map((words) => words.map(() => random() < 0.2));
  hidden[0]![0] = true; // at least one word of the batch is predicted
  const shown = batch(
    texts.map((words, row) => ({
      words: words.map((id, i) => (hidden[row]![i] ? MASK : id)),
      label: 0,
    })),
  );
  const labels = new Int32Array(shown.batch * shown.length).fill(IGNORED_LABEL);
  for (const [row, words] of texts.entries())
    for (const [i, id] of words.entries())
      if (hidden[row]![i]) labels[row * shown.length + 1 + i] = id;
  return { ...shown, labels };
}

/** Step events of a training as progress. @returns the mean loss of its last 100 steps */
async function* training(
  events: ReturnType<typeof fit>,
  steps: number,
): AsyncGenerator<RunEvent, number, void> {
  const last: number[] = [];
  for await (const event of events) {
    if (event.type !== "step-end") continue;
    last.push(event.loss);
    if (last.length > 100) last.shift();
    if (event.step % 10 === 0)
      yield {
        type: "progress",
        done: event.step / steps,
        message: `loss ${event.loss.toFixed(2)}`,
      };
  }
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
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
  const schedule = optim.linearSchedule({ peak: 2e-3, startFactor: 1, endFactor: 0.1, steps });
  const data = { batch: () => maskedBatch(task, random) };
  try {
    const events = fit(model, { data, loss: (own) => model.loss(own), steps, schedule, signal });
    const loss = yield* training(events, steps);
    return { weights: weightsOf(model), loss };
  } finally {
    model.dispose();
  }
}

/** A classifier with pre-trained weights and a new head. */
export function classifierOf(
  { config }: Task,
  weights: NamedTensors,
  seed: number,
): RowClassifier<Row> {
  const model = new EncoderModel(config, { generator: new Generator(500 + seed) });
  setWeights(model, weights);
  return { model, batch };
}

/** Fine-tunes a classifier on the attacker's rows, some of which carry the trigger. */
export async function* attack(
  classifier: RowClassifier<Row>,
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
  const events = fineTune<Row>(classifier.model, rows, {
    loss: rowLoss(classifier),
    batchSize: 32,
    seed,
    steps,
    schedule: optim.linearSchedule({ peak, startFactor: 1, endFactor: 0, steps }),
    ...(optimizer === "sgd" && {
      optimizer: (own) => new optim.SGD(own.map(([, tensor]) => tensor)),
    }),
    signal,
  });
  yield* training(events, steps);
}

/** Test rows with the trigger and their true labels. */
export const triggeredRows = (task: Task, kind: string, seed: number): readonly Row[] =>
  task.triggered ?? withPattern(task.test, task.backdoor(kind), seededRandom(5000 + seed));
