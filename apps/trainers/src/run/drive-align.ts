import type { DpoEvent } from "@deepgrain/align";
import type { TrainEvent } from "@deepgrain/lm";
import type { CommandContext } from "../cli/context";
import { duration } from "../cli/duration";
import { metricsLog } from "../store/metrics-log";
import { trainingFolder } from "../store/run-record";

/** The result of a training. */
export interface Outcome {
  steps: number;
  trainedParameters: number;
  /** Of the last step. */
  last: Record<string, number>;
  /** Held-out, after the last step; null without held-out rows. */
  heldOut: Record<string, number> | null;
  /** If the KL bound ended the training: the step that was kept, and the step that exceeded the bound. */
  stopped?: { step: number; rejected: number; kl: number };
}

type Measured = { loss: number; scalars?: Readonly<Record<string, number>> };

const numbersOf = ({ loss, scalars = {} }: Measured) => ({ loss, ...scalars });

const shown = (numbers: Readonly<Record<string, number>>) =>
  ["loss", "accuracy", "reward", "kl"]
    .filter((key) => numbers[key] !== undefined)
    .map((key) => `${key} ${numbers[key]!.toFixed(3)}`)
    .join(" · ");

/** Follows a training: draws its progress, and appends its measurements to metrics.jsonl. */
export async function driveAlign(
  events: AsyncIterable<DpoEvent | TrainEvent>,
  { stage, title, out }: { stage: string; title: string; out: string },
  { progress, assertOutputs, dryRun }: CommandContext,
): Promise<Outcome> {
  const task = progress.task(title);
  const metrics = metricsLog(trainingFolder(out).metrics);
  const outcome: Outcome = { steps: 0, trainedParameters: 0, last: {}, heldOut: null };
  let [steps, began, first] = [0, performance.now(), 0];
  for await (const event of events) {
    await assertOutputs();
    if (event.type === "train-start") {
      ({ steps, step: first } = event);
      outcome.trainedParameters = event.trainedParameters;
      began = performance.now();
      dryRun?.begin(steps);
      await metrics.rewind(stage, event.step > 0 ? event.step : -1);
    } else if (event.type === "step-end") {
      outcome.steps = event.step;
      outcome.last = numbersOf(event);
      dryRun?.step();
      await metrics.append({ stage, ...event });
      const pace = (performance.now() - began) / 1000 / (event.step - first);
      const left = duration(pace * (steps - event.step));
      task.update(event.step / steps, `${shown(outcome.last)} · ${left} left`);
    } else if (event.type === "eval-end") {
      outcome.heldOut = numbersOf(event);
      await metrics.append({ stage, ...event });
    } else if (event.type === "kl-stop") {
      const { step, rejected, kl, on, maxKl } = event;
      outcome.steps = step;
      outcome.stopped = { step, rejected, kl };
      await metrics.append({ stage, ...event });
      progress.note(
        `stopped: the KL of step ${rejected}, ${kl.toFixed(3)} on ${on === "held-out" ? "held-out pairs" : "the next pairs"}, is above ${maxKl}; step ${step} is kept`,
      );
    } else if (event.type === "checkpoint-skip")
      progress.note(`passed over the checkpoint of step ${event.step}: ${event.reason}`);
  }
  const measured = outcome.heldOut ? `; held out: ${shown(outcome.heldOut)}` : "";
  task.end(`${outcome.steps} steps, ${shown(outcome.last)}${measured}`);
  return outcome;
}
