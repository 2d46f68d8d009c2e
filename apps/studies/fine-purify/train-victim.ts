import { poison, seededRandom } from "@deepgrain/fine-purify";
import { attackEncoder, type RowClassifier } from "@deepgrain/fine-purify/encoders";
import { pretrainEncoder, type TokenRow } from "@deepgrain/fine-purify/miniature";
import type { RunEvent } from "@deepgrain/lab";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import type { PurifySettings } from "./recipe";
import type { Task, Victim } from "./tasks";

/** Step events of a training as progress. @returns what it returns, and the mean loss of its last 100 steps */
async function* training<R>(
  events: AsyncGenerator<FitEvent, R>,
  steps: number,
): AsyncGenerator<RunEvent, { result: R; loss: number }, void> {
  const last: number[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done)
      return { result: value, loss: last.reduce((sum, loss) => sum + loss, 0) / last.length };
    if (value.type !== "step-end") continue;
    last.push(value.loss);
    if (last.length > 100) last.shift();
    const message = `loss ${value.loss.toFixed(2)}`;
    if (value.step % 10 === 0) yield { type: "progress", done: value.step / steps, message };
  }
}

interface Training {
  seed: number;
  settings: PurifySettings;
  signal: AbortSignal;
}

/** Pre-trains the encoder of a task. @returns its weights and the mean loss of the last steps */
export async function* pretrain(
  task: Task,
  { seed, settings, signal }: Training,
): AsyncGenerator<RunEvent, { weights: NamedTensors; loss: number }, void> {
  const { rows, share } = task.pretraining;
  const steps = Math.round(settings.pretrainSteps * share);
  const events = pretrainEncoder(task, { steps, rows, seed, signal });
  const { result: weights, loss } = yield* training(events, steps);
  return { weights, loss };
}

/** Fine-tunes a classifier on the attacker's rows, some of which carry the trigger. */
export async function* attack(
  classifier: RowClassifier<TokenRow>,
  task: Task,
  { optimizer, trigger }: Victim,
  { seed, settings, signal }: Training,
): AsyncGenerator<RunEvent, void, void> {
  const steps = Math.round(settings.attackSteps * (optimizer === "sgd" ? 1 : 0.6));
  const random = seededRandom(4000 + seed);
  const rows =
    trigger === "none"
      ? task.attack
      : poison(task.attack, task.backdoor(trigger), { rate: task.poisonRate, random });
  const lr = task.rates[optimizer];
  yield* training(attackEncoder(classifier, rows, { optimizer, lr, steps, seed, signal }), steps);
}
