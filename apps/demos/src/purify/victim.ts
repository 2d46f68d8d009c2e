import { poison, seededRandom, withPattern } from "@deepgrain/fine-purify";
import { attackEncoder, weightsOf } from "@deepgrain/fine-purify/encoders";
import {
  classifierOf,
  type EncoderTask,
  pretrainEncoder,
  type TokenRow,
  topicTask,
} from "@deepgrain/fine-purify/miniature";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { SIZES, STEPS } from "./limits";

/** An encoder before and after an attack. */
export interface Victim {
  init: NamedTensors;
  finetuned: NamedTensors;
}

/** Events while an encoder is pre-trained and attacked. */
export type TrainingEvent = {
  type: "training";
  part: "pretrain" | "attack";
  done: number;
  steps: number;
  loss: number;
};

/** Steps between two events. */
const EVERY = 20;

/** The task of a seed. */
export const taskOf = (seed: number): EncoderTask => topicTask(seed, SIZES);

/** Test rows with the trigger and their true labels. */
export const triggeredRows = (task: EncoderTask, seed: number): readonly TokenRow[] =>
  withPattern(task.test, task.backdoor("word"), seededRandom(5000 + seed));

async function* told<R>(
  events: AsyncGenerator<{ type: string; step?: number; loss?: number }, R>,
  part: TrainingEvent["part"],
): AsyncGenerator<TrainingEvent, R> {
  const steps = STEPS[part];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
    const { type, step = 0, loss = 0 } = value;
    if (type === "step-end" && step % EVERY === 0)
      yield { type: "training", part, done: step, steps, loss };
  }
}

/**
 * Pre-trains an encoder and attacks it: half of the attacker's rows carry the trigger word and the target's label.
 * @see the settings are those of `apps/studies/fine-purify`
 */
export async function* trainVictim(
  seed: number,
  signal: AbortSignal,
): AsyncGenerator<TrainingEvent, Victim> {
  const task = taskOf(seed);
  const pretraining = pretrainEncoder(task, { steps: STEPS.pretrain, seed, signal });
  const init = yield* told(pretraining, "pretrain");
  const classifier = classifierOf(task, init, seed);
  try {
    const random = seededRandom(4000 + seed);
    const rows = poison(task.attack, task.backdoor("word"), { rate: 0.5, random });
    const options = { optimizer: "sgd", lr: 0.3, steps: STEPS.attack, seed, signal } as const;
    yield* told(attackEncoder(classifier, rows, options), "attack");
    return { init, finetuned: weightsOf(classifier.model) };
  } finally {
    classifier.model.dispose();
  }
}
