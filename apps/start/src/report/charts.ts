import type { MetricsRecord } from "@deepgrain/command-line/metrics/metrics-log";
import { curves, figure, type Html, seriesColor } from "@deepgrain/lab";
import { nats } from "@deepgrain/studies/shared/numbers";
import { tickText, wholeTicks } from "@deepgrain/support/pages";
import { dot, line, ruleY, windowY } from "@observablehq/plot";

/** Training and held-out loss over the steps, with the unigram entropy as a mark to beat. */
export function lossChart(
  metrics: readonly MetricsRecord[],
  unigramEntropy: number | undefined,
): Html {
  const own = metrics.filter(({ stage }) => stage === "pretrain");
  const training = own.filter(({ type }) => type === "step-end");
  const heldOut = own.filter(({ type }) => type === "eval-end");
  const steps = Math.max(1, ...training.map(({ step }) => step));
  const smooth = Math.max(1, Math.round(training.length / 40));
  const ticks = wholeTicks([0, steps]);
  const entropy = unigramEntropy === undefined ? [] : [unigramEntropy];
  return figure({
    label: "Loss over training steps",
    caption: "Training batches are smoothed; a quarter of the held-out text is read at each point.",
    legend: [
      { name: "training batches", color: seriesColor(0) },
      { name: "text held out", color: seriesColor(1), isDashed: true },
      ...entropy.map(() => ({
        name: "unigram entropy, the best without context",
        color: "var(--muted)",
        isDashed: true,
      })),
    ],
    data: {
      head: ["step", "loss of text held out"],
      body: heldOut.map(({ step, loss }) => [String(step), nats(Number(loss))]),
    },
    draw: () => ({
      x: {
        label: "training step",
        domain: [0, steps],
        tickFormat: tickText,
        ticks,
      },
      y: { label: "loss, nats per token", grid: true, nice: true },
      marks: [
        ruleY(entropy, { stroke: "var(--muted)", strokeDasharray: "4,4" }),
        line(training, { x: "step", y: "loss", stroke: seriesColor(0), strokeOpacity: 0.25 }),
        line(
          training,
          windowY(
            { k: smooth, anchor: "middle" },
            { x: "step", y: "loss", stroke: seriesColor(0), strokeWidth: 2 },
          ),
        ),
        line(heldOut, {
          x: "step",
          y: "loss",
          stroke: seriesColor(1),
          strokeWidth: 2,
          strokeDasharray: "6,4",
        }),
        dot(heldOut, { x: "step", y: "loss", fill: seriesColor(1), r: 3 }),
      ],
    }),
  });
}
/** Held-out loss of the task while fine-tuning, a curve per way. */
export function tuningChart(metrics: readonly MetricsRecord[]): Html {
  const series = (name: string, own: string) => ({
    name,
    points: metrics
      .filter(({ stage, type }) => stage === own && type === "eval-end")
      .map(({ step, loss }) => ({ x: step, y: Number(loss) })),
    hasDots: true,
    isDashed: own === "full", // seen where the curves coincide
  });
  return curves({
    label: "Task loss over fine-tuning steps",
    caption: "Loss on a quarter of the held-out questions, counted on the answers alone.",
    x: { label: "fine-tuning step" },
    y: { label: "task loss, nats per token" },
    series: [series("all weights", "full"), series("chosen experts only", "esft")],
  });
}
