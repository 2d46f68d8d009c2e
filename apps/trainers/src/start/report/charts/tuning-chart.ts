import { curves, type Html } from "@deepgrain/lab";
import type { MetricsRecord } from "../../../store/metrics-log";

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
