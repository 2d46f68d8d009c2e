import {
  badWord,
  type DataAttack,
  poison,
  seededRandom,
  withPattern,
} from "@deepgrain/fine-purify";
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
import { secretId, secretSeed } from "./secret";
import { TRIGGER } from "./words";

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

/** The attack with a secret word: it leads to the first class. */
export const attackWith = (word: string): DataAttack<number> =>
  badWord({ target: 0, pattern: [secretId(word)] });

/** Test rows with the secret word and their true labels. */
export const triggeredRows = (task: EncoderTask, seed: number, word: string): readonly TokenRow[] =>
  withPattern(task.test, attackWith(word), seededRandom(5000 + seed));

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
 * Pre-trains an encoder and attacks it: half of the attacker's rows carry the secret word and the target's label.
 * @param options.word the secret word
 * @param options.init an encoder of the seed that has been pre-trained already
 * @see the settings are those of `apps/studies/fine-purify`
 */
export async function* trainVictim(
  seed: number,
  signal: AbortSignal,
  {
    word = TRIGGER,
    init: found,
  }: { word?: string | undefined; init?: NamedTensors | undefined } = {},
): AsyncGenerator<TrainingEvent, Victim> {
  const task = taskOf(seed);
  const pretraining = () => pretrainEncoder(task, { steps: STEPS.pretrain, seed, signal });
  const init = found ?? (yield* told(pretraining(), "pretrain"));
  const classifier = classifierOf(task, init, seed);
  try {
    const random = seededRandom(4000 + seed + secretSeed(word));
    const rows = poison(task.attack, attackWith(word), { rate: 0.5, random });
    const options = { optimizer: "sgd", lr: 0.3, steps: STEPS.attack, seed, signal } as const;
    yield* told(attackEncoder(classifier, rows, options), "attack");
    return { init, finetuned: weightsOf(classifier.model) };
  } finally {
    classifier.model.dispose();
  }
}
