import { areaY, dot, line, ruleY, text } from "@observablehq/plot";
import type { Estimate } from "../../experiments/judging/paired-statistics";
import { plotSvg } from "../../report/charts/plot-svg";
import type { Html } from "../../report/html";
import type { VariantSummary } from "./summarize";

/** Colours of the methods of A-1, readable on light and dark pages. */
export const methodColors: Readonly<Record<string, string>> = {
  dense: "#8a8f98",
  hash: "#c2410c",
  switch: "#b8860b",
  gshard: "#2e9e6b",
  "deepseek-moe": "#4c7fd9",
};

interface Point extends Estimate {
  x: number;
}

const low = ({ mean, standardError }: Estimate) => mean - (standardError ?? 0);
const high = ({ mean, standardError }: Estimate) => mean + (standardError ?? 0);

/** A line of means with a band of one standard error to each side. */
const banded = (points: Point[], color: string) => [
  areaY(points, { x: "x", y1: low, y2: high, fill: color, fillOpacity: 0.2 }),
  line(points, { x: "x", y: "mean", stroke: color, strokeWidth: 2 }),
];

/** Held-out loss over the steps of each method of A-1. */
export function curvesChart(variants: readonly VariantSummary[]): Html {
  const shown = variants.filter(({ id }) => id in methodColors);
  // The first steps fall so far that they would hide the differences.
  const steps = Math.max(...shown.map(({ curve }) => curve.at(-1)!.step));
  return plotSvg("Held-out loss over training steps", {
    height: 320,
    marginBottom: 40,
    x: { label: "training step" },
    y: { label: "loss, nats a byte", grid: true, nice: true },
    marks: shown.flatMap(({ id, curve }) =>
      banded(
        curve
          .filter(({ step }) => step >= steps / 5)
          .map(({ step, loss }) => ({ x: step, ...loss })),
        methodColors[id]!,
      ),
    ),
  });
}

/** The loss of every variant with its standard error. */
export function lossesChart(variants: readonly VariantSummary[]): Html {
  const rows = variants.map(({ name, loss }) => ({ name, ...loss }));
  return plotSvg("Held-out loss of every variant", {
    height: 60 + 22 * rows.length,
    marginLeft: 190,
    marginBottom: 40,
    x: { label: "loss, nats a byte", grid: true, nice: true },
    y: { label: null, tickSize: 0, domain: rows.map(({ name }) => name) },
    marks: [
      ruleY(rows, { y: "name", x1: low, x2: high, stroke: "var(--first)", strokeWidth: 2 }),
      dot(rows, { x: "mean", y: "name", fill: "var(--first)", r: 4 }),
    ],
  });
}

/** loss over the share of each token's best experts that is disabled. */
export function disablingChart(variants: readonly VariantSummary[]): Html {
  const curve = (id: string) =>
    (variants.find((variant) => variant.id === id)?.disabled ?? []).map(({ sixteenths, loss }) => ({
      x: sixteenths,
      ...loss,
    }));
  return plotSvg("Loss with the best experts disabled", {
    height: 320,
    marginBottom: 40,
    x: {
      label: "sixteenths of the routed experts disabled",
      ticks: [0, 1, 2, 3, 4],
      tickFormat: "d",
    },
    y: { label: "loss, nats a byte", grid: true, nice: true },
    marks: [
      ...banded(curve("deepseek-moe"), "var(--first)"),
      ...banded(curve("gshard-1.5"), "var(--second)"),
      dot(curve("deepseek-moe"), { x: "x", y: "mean", fill: "var(--first)", r: 3 }),
      dot(curve("gshard-1.5"), { x: "x", y: "mean", fill: "var(--second)", r: 3 }),
    ],
  });
}

/** loss against imbalance, for the loss's weight and the bias's speed. */
export function frontierChart(variants: readonly VariantSummary[]): Html {
  const points = variants.flatMap(({ id, name, loss, maxVio }) => {
    const isBias = id.startsWith("bias");
    if (!maxVio || !(isBias || id.startsWith("alpha") || id === "deepseek-moe")) return [];
    const label = id === "deepseek-moe" ? "α 1e-2" : name;
    return [{ x: maxVio.mean, ...loss, label, isBias }];
  });
  const alphas = points.filter(({ isBias }) => !isBias).sort((a, b) => a.x - b.x);
  const color = ({ isBias }: { isBias: boolean }) => (isBias ? "var(--second)" : "var(--first)");
  return plotSvg("Loss against imbalance of the experts", {
    height: 380,
    marginBottom: 40,
    marginRight: 120,
    x: { label: "MaxVio over the held-out text", grid: true, nice: true },
    y: { label: "loss, nats a byte", grid: true, nice: true },
    marks: [
      line(alphas, { x: "x", y: "mean", stroke: "var(--first)", strokeOpacity: 0.4 }),
      ...points.map((point) =>
        line([low(point), high(point)], {
          x: () => point.x,
          y: (y: number) => y,
          stroke: color(point),
        }),
      ),
      dot(points, { x: "x", y: "mean", fill: color, r: 4 }),
      text(points, {
        x: "x",
        y: "mean",
        text: "label",
        textAnchor: "start",
        dx: 8,
        fill: "var(--text)",
      }),
    ],
  });
}
