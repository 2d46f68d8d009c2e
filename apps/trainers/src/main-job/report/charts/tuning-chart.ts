import { dot, line } from "@observablehq/plot";
import { plotSvg } from "../../../report/charts/plot-svg";
import type { Html } from "../../../report/html";
import type { MetricsRecord } from "../../../store/metrics-log";

/** Held-out loss of the task while fine-tuning, one curve a way. */
export function tuningChart(
  metrics: readonly MetricsRecord[],
  ways: readonly { stage: string; color: string }[],
): Html {
  const of = (name: string) =>
    metrics.filter(({ stage, type }) => stage === name && type === "eval-end");
  return plotSvg("Task loss over fine-tuning steps", {
    height: 260,
    x: { label: "fine-tuning step" },
    y: { label: "task loss, nats a token", grid: true, nice: true },
    marks: ways.flatMap(({ stage, color }) => [
      line(of(stage), { x: "step", y: "loss", stroke: color, strokeWidth: 2 }),
      dot(of(stage), { x: "step", y: "loss", fill: color, r: 3 }),
    ]),
  });
}
