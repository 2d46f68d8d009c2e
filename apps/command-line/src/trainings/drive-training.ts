import type { TrainEvent } from "@deepgrain/lm";
import { type FeedForward, formatLoad, type LayerLoad, watchLoad } from "@deepgrain/moe";
import type { CommandContext } from "../commands/context";
import { plainMessage } from "../errors/word-error";
import type { MetricsLog } from "../metrics/metrics-log";
import { duration } from "../terminal/duration";
import type { Progress } from "../terminal/progress";
import { smoothed } from "./follow-loss";
import { heldOutLine } from "./held-out-line";
import { type TimeLeft, timeLeft } from "./time-left";
import { progressOf } from "./training-progress";

export interface DriveOptions {
  /** Name in the metrics file. */
  stage: string;
  /** Name on the screen. */
  title: string;
  progress: Progress;
  metrics: MetricsLog;
  /**
   * Expert layers whose load is monitored: a record at each evaluation, warnings of dead experts, a table at the end.
   */
  layers?: Iterable<FeedForward> | undefined;
  /** Steps between two evaluations, which the time left includes. Default: one at the end. */
  evaluateEvery?: number | undefined;
  /** Measures the steps of a dry run. */
  dryRun?: CommandContext["dryRun"];
  /** Called at each event: throws when the folder that is written to was deleted meanwhile. */
  assertOutputs?: (() => Promise<void>) | undefined;
  /** Is told how far the training is. */
  reached?: CommandContext["reached"] | undefined;
  /** Called after each evaluation, once it is written down. */
  onEvaluation?: ((evaluation: { step: number; loss: number }) => Promise<void>) | undefined;
}

/** The result of a training over all its sessions. */
export interface Driven {
  trainedParameters: number;
  tokens: number;
  seconds: number;
  /** Expert load of the monitored layers in this session; absent if none was monitored. */
  load?: LayerLoad[] | undefined;
}

/** How a layer uses its experts on held-out text: one entry of `layers` in a record of type `load`. */
export interface LoadRecord {
  layer: string;
  /** Choices of each expert. */
  counts: number[];
  /** (largest − mean) / mean of them. */
  maxViolation: number;
  /** Share of choices dropped in the last training batch; nothing is dropped in evaluation. */
  droppedFraction: number;
}

const recordOf = ({ name, counts, maxVioGlobal, droppedFraction }: LayerLoad): LoadRecord => ({
  layer: name,
  counts: [...counts],
  maxViolation: maxVioGlobal,
  droppedFraction,
});

type StepEnd = Extract<TrainEvent, { type: "step-end" }>;

/** Loss, speed and time left, smoothed over about twenty steps. */
function pace(time: TimeLeft) {
  let loss = Number.NaN;
  return ({ loss: fresh, step, tokens }: StepEnd, steps: number): string => {
    loss = smoothed(loss, fresh);
    const speed = Math.round(tokens / time.perStep());
    const left = duration(time.after(step, steps));
    return `loss ${loss.toFixed(3)} · ${speed} tokens/s · ${left} left`;
  };
}

async function totals(
  metrics: MetricsLog,
  stage: string,
): Promise<Pick<Driven, "tokens" | "seconds">> {
  const records = (await metrics.read()).filter(
    (record) => record.stage === stage && record.type === "step-end",
  );
  const sum = (field: string) => records.reduce((n, record) => n + Number(record[field]), 0);
  return { tokens: sum("tokens"), seconds: sum("seconds") };
}

/** A report for interactive trainings: displays the progress and writes the measurements. */
export const driveTraining =
  (options: DriveOptions) =>
  (events: AsyncIterable<TrainEvent>): Promise<Driven> =>
    follow(events, options);

async function follow(events: AsyncIterable<TrainEvent>, options: DriveOptions): Promise<Driven> {
  const { stage, title, progress, metrics, layers = [], dryRun } = options;
  const { assertOutputs, onEvaluation } = options;
  const place = progressOf(options.reached);
  const task = progress.task(title);
  const time = timeLeft(options.evaluateEvery);
  const describe = pace(time);
  let trainedParameters = 0;
  let steps = 0;
  let last = performance.now();
  let load: ReturnType<typeof watchLoad> | undefined;
  try {
    for await (const event of events) {
      await assertOutputs?.();
      place(event);
      if (event.type === "checkpoint-skip") {
        progress.note(
          `passed over the checkpoint of step ${event.step}: ${plainMessage(event.reason)}`,
        );
      } else if (event.type === "train-start") {
        ({ steps, trainedParameters } = event);
        await metrics.rewind(stage, event.step > 0 ? event.step : -1);
        if (event.step > 0) progress.note(`${title} goes on after step ${event.step} of ${steps}`);
        load = watchLoad(layers, { steps });
        dryRun?.begin(steps);
      } else if (event.type === "step-end") {
        const seconds = (performance.now() - last) / 1000;
        await metrics.append({ stage, ...event, seconds: Number(seconds.toFixed(4)) });
        dryRun?.step();
        time.stepTook(seconds);
        task.update(event.step / steps, describe(event, steps));
        for (const { layer, experts } of (await load?.endStep()) ?? [])
          progress.note(
            `Warning: ${layer}: no token for ${load!.deadAfter} steps reached expert${experts.length > 1 ? "s" : ""} ${experts.join(", ")}`,
          );
      } else if (event.type === "eval-end") {
        await metrics.append({ stage, ...event });
        progress.note(
          heldOutLine({ step: event.step, steps, value: event.loss, isPerToken: true }),
        );
        const loads = event.step > 0 && load ? await load.endEvaluation() : [];
        if (loads.length > 0)
          await metrics.append({
            stage,
            type: "load",
            step: event.step,
            layers: loads.map(recordOf),
          });
        await onEvaluation?.(event);
        time.evaluationTook((performance.now() - last) / 1000);
      }
      last = performance.now();
    }
    const total = await totals(metrics, stage);
    const report = load?.report() ?? [];
    task.end(`${steps} steps, ${total.tokens} tokens in ${duration(total.seconds)}`);
    if (report.length > 0) progress.note(`Load of the experts:\n${formatLoad(report)}`);
    return { trainedParameters, ...total, load: report.length > 0 ? report : undefined };
  } finally {
    load?.dispose();
  }
}
