import { dot, line, ruleY, text, windowY } from "@observablehq/plot";
import { plotSvg } from "../../../report/charts/plot-svg";
import type { Html } from "../../../report/html";
import type { MetricsRecord } from "../../../store/metrics-log";

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
  const entropy = unigramEntropy === undefined ? [] : [unigramEntropy];
  return plotSvg("Loss over training steps", {
    x: { label: "training step", domain: [0, steps] },
    y: { label: "loss, nats a token", grid: true, nice: true },
    marks: [
      ruleY(entropy, { stroke: "var(--muted)", strokeDasharray: "4,4" }),
      text(entropy, {
        x: () => steps,
        y: (y: number) => y,
        text: () => "unigram entropy: the best without context",
        textAnchor: "end",
        dy: -8,
        fill: "var(--muted)",
      }),
      line(training, { x: "step", y: "loss", stroke: "var(--first)", strokeOpacity: 0.25 }),
      line(
        training,
        windowY(
          { k: smooth, anchor: "middle" },
          { x: "step", y: "loss", stroke: "var(--first)", strokeWidth: 2 },
        ),
      ),
      line(heldOut, { x: "step", y: "loss", stroke: "var(--second)", strokeWidth: 2 }),
      dot(heldOut, { x: "step", y: "loss", fill: "var(--second)", r: 3 }),
    ],
  });
}
