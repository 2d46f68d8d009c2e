import type { DpoEvent, KtoEvent } from "@deepgrain/align";
import type { TrainEvent } from "@deepgrain/lm";
import type { CommandContext } from "../commands/context";
import { plainMessage } from "../errors/word-error";
import { type MetricsLog, metricsLog } from "../metrics/metrics-log";
import { trainingFolder } from "../runs/run-record";
import { duration } from "../terminal/duration";
import { heldOutLine } from "./held-out-line";
import { progressOf } from "./training-progress";

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

const shown = (
  numbers: Readonly<Record<string, number>>,
  keys = ["loss", "accuracy", "reward", "kl"],
) =>
  keys
    .filter((key) => numbers[key] !== undefined)
    .map((key) => `${key} ${numbers[key]!.toFixed(3)}`)
    .join(" · ");

/** The outcome of the steps that an earlier call has done, as far as its measurements say. */
async function outcomeSoFar(
  metrics: MetricsLog,
  stage: string,
  step: number,
): Promise<Omit<Outcome, "trainedParameters">> {
  const records = (await metrics.read()).filter((record) => record.stage === stage);
  const lastOf = (type: string) => {
    const found = records.filter((record) => record.type === type).at(-1);
    return found && numbersOf(found as unknown as Measured);
  };
  return { steps: step, last: lastOf("step-end") ?? {}, heldOut: lastOf("eval-end") ?? null };
}

/** How a training is followed. */
export interface AlignDrive {
  /** Name in the metrics file. */
  stage: string;
  /** Name on the screen. */
  title: string;
  /** Folder of the run. */
  out: string;
  /** Whether the held-out loss is in nats per token, so that it has a perplexity. Default false. */
  isPerToken?: boolean | undefined;
}

/** Follows a training: draws its progress, and appends its measurements to metrics.jsonl. */
export async function driveAlign(
  events: AsyncIterable<DpoEvent | KtoEvent | TrainEvent>,
  { stage, title, out, isPerToken = false }: AlignDrive,
  { progress, assertOutputs, dryRun, reached }: CommandContext,
): Promise<Outcome> {
  const task = progress.task(title);
  const metrics = metricsLog(trainingFolder(out).metrics);
  const outcome: Outcome = { steps: 0, trainedParameters: 0, last: {}, heldOut: null };
  let [steps, began, first] = [0, performance.now(), 0];
  const place = progressOf(reached);
  for await (const event of events) {
    await assertOutputs();
    place(event);
    if (event.type === "train-start") {
      ({ steps, step: first } = event);
      outcome.trainedParameters = event.trainedParameters;
      began = performance.now();
      dryRun?.begin(steps);
      await metrics.rewind(stage, event.step > 0 ? event.step : -1);
      Object.assign(outcome, await outcomeSoFar(metrics, stage, event.step));
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
      const { step, loss } = event;
      const { reward } = outcome.heldOut; // whose negative is the loss, where it is measured
      const measured = reward === undefined ? { value: loss } : { name: "reward", value: reward };
      const more = shown(outcome.heldOut, ["accuracy", "kl"]);
      progress.note(heldOutLine({ step, steps, ...measured, isPerToken, more }));
    } else if (event.type === "kl-stop") {
      const { step, rejected, kl, on, maxKl } = event;
      outcome.steps = step;
      outcome.stopped = { step, rejected, kl };
      await metrics.append({ stage, ...event });
      progress.note(
        `stopped: the KL of step ${rejected}, ${kl.toFixed(3)} on ${on === "held-out" ? "held-out pairs" : "the next pairs"}, is above ${maxKl}; step ${step} is kept`,
      );
    } else if (event.type === "one-label")
      progress.note(
        `all labels are the same: ${event.desirable} desirable and ${event.undesirable} undesirable answers to train on`,
      );
    else if (event.type === "checkpoint-skip")
      progress.note(
        `passed over the checkpoint of step ${event.step}: ${plainMessage(event.reason)}`,
      );
  }
  task.end(`${outcome.steps} steps, ${shown(outcome.last)}`);
  return outcome;
}
