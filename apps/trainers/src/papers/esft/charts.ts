import { areaY, cell, dot, line, ruleX, ruleY, text } from "@observablehq/plot";
import type { Estimate } from "../../experiments/judging/paired-statistics";
import { plotSvg } from "../../report/charts/plot-svg";
import type { Html } from "../../report/html";
import type { MethodSummary, UsageSummary } from "./summarize";

/** Colours of the methods, readable on light and dark pages. */
export const methodColors: Readonly<Record<string, string>> = {
  full: "#8a8f98",
  lora: "#b8860b",
  "esft-token": "#4c7fd9",
  "esft-gate": "#2e9e6b",
  random: "#c2410c",
};

/** Colours of lines that are no methods. */
export const lineColors = ["#4c7fd9", "#c2410c", "#2e9e6b", "#b8860b", "#9561b8", "#8a8f98"];

const low = ({ mean, standardError }: Estimate) => mean - (standardError ?? 0);
const high = ({ mean, standardError }: Estimate) => mean + (standardError ?? 0);

interface Point extends Estimate {
  x: number;
}

/** A line of means with a band of one standard error to each side. */
const banded = (points: readonly Point[], color: string) => [
  areaY(points, { x: "x", y1: low, y2: high, fill: color, fillOpacity: 0.18 }),
  line(points, { x: "x", y: "mean", stroke: color, strokeWidth: 2 }),
];

/** B-1: share of the choices that the best experts hold, a curve a task. */
export function concentrationChart({ texts }: UsageSummary): Html {
  const shown = texts.filter(({ isTask }) => isTask);
  const experts = shown[0]!.concentration.length;
  const even = [0, experts].map((x) => ({ x, y: x / experts }));
  return plotSvg("Share of choices that the best experts hold", {
    marginBottom: 40,
    x: { label: "best experts of a layer", domain: [0, experts] },
    y: { label: "share of the choices, %", percent: true, grid: true, domain: [0, 100] },
    marks: [
      line(even, { x: "x", y: "y", stroke: "var(--muted)", strokeDasharray: "4,4" }),
      ...shown.flatMap(({ concentration }, i) =>
        banded(
          [
            { x: 0, mean: 0, standardError: 0, seeds: 1 },
            ...concentration.map((share, k) => ({ x: k + 1, ...share })),
          ],
          lineColors[i]!,
        ),
      ),
    ],
  });
}

/** B-2: how many best experts texts share. */
export function overlapChart({ overlap: { rows, values } }: UsageSummary, topK: number): Html {
  const cells = rows.flatMap((row, i) =>
    rows.map((column, j) => {
      const { mean } = values[i]![j]!;
      return { row, column, shared: mean.toFixed(1), opacity: 0.04 + (0.86 * mean) / topK };
    }),
  );
  return plotSvg("Best experts that two texts share", {
    height: 120 + 30 * rows.length,
    marginLeft: 150,
    marginBottom: 110,
    x: { label: null, type: "band", padding: 0.06, tickSize: 0, tickRotate: -45, domain: rows },
    y: { label: null, type: "band", padding: 0.06, tickSize: 0, domain: rows },
    opacity: { type: "identity" },
    marks: [
      cell(cells, { x: "column", y: "row", fill: "var(--first)", fillOpacity: "opacity", rx: 2 }),
      text(cells, { x: "column", y: "row", text: "shared", fill: "var(--text)" }),
    ],
  });
}

/** B-3: held-out task loss over the steps, a curve a method. */
export function tuningChart(methods: readonly MethodSummary[]): Html {
  const shown = methods.filter(({ method }) => method in methodColors);
  return plotSvg("Task loss over fine-tuning steps", {
    height: 280,
    marginBottom: 40,
    x: { label: "fine-tuning step" },
    y: { label: "task loss, nats a token", grid: true, nice: true },
    marks: shown.flatMap(({ method, curve }) =>
      banded(
        curve.map(({ step, loss }) => ({ x: step, ...loss })),
        methodColors[method]!,
      ),
    ),
  });
}

/** B-3 and B-4: forgetting against task loss, a point a method. */
export function tradeChart(methods: readonly MethodSummary[]): Html {
  const points = methods.flatMap(({ method, loss, forgetting }) =>
    forgetting && method in methodColors
      ? [{ loss, forgetting, color: methodColors[method]! }]
      : [],
  );
  return plotSvg("Forgetting against task loss", {
    height: 300,
    marginBottom: 40,
    x: { label: "task loss, nats a token", grid: true, nice: true },
    y: { label: "forgetting, nats a token", grid: true, nice: true },
    marks: [
      ruleY([0], { stroke: "var(--muted)", strokeDasharray: "4,4" }),
      ruleX(points, {
        x: ({ loss }: (typeof points)[number]) => loss.mean,
        y1: ({ forgetting }: (typeof points)[number]) => low(forgetting),
        y2: ({ forgetting }: (typeof points)[number]) => high(forgetting),
        stroke: "color",
      }),
      ruleY(points, {
        y: ({ forgetting }: (typeof points)[number]) => forgetting.mean,
        x1: ({ loss }: (typeof points)[number]) => low(loss),
        x2: ({ loss }: (typeof points)[number]) => high(loss),
        stroke: "color",
      }),
      dot(points, {
        x: ({ loss }: (typeof points)[number]) => loss.mean,
        y: ({ forgetting }: (typeof points)[number]) => forgetting.mean,
        fill: "color",
        r: 4,
      }),
    ],
  });
}

/** A sweep's point: what is trained, and what comes of it. */
export interface SweepPoint {
  /** For people: "0.2" or "8". */
  label: string;
  trainedParameters: number;
  loss: Estimate;
  forgetting: Estimate;
}

/** B-5: a measure against the trained parameters, for thresholds and for ranks. */
export function sweepChart(
  measure: "loss" | "forgetting",
  { thresholds, ranks }: { thresholds: readonly SweepPoint[]; ranks: readonly SweepPoint[] },
): Html {
  const name = measure === "loss" ? "task loss" : "forgetting";
  const series = (points: readonly SweepPoint[], color: string) => {
    const at = points.map((point) => ({
      x: point.trainedParameters,
      label: point.label,
      ...point[measure],
    }));
    return [
      ...banded(at, color),
      dot(at, { x: "x", y: "mean", fill: color, r: 3.5 }),
      text(at, { x: "x", y: "mean", text: "label", dy: -10, fill: "var(--text)" }),
    ];
  };
  return plotSvg(`${name} against trained parameters`, {
    height: 260,
    marginBottom: 40,
    x: { label: "trained parameters", type: "log", tickFormat: "~s", nice: true },
    y: { label: `${name}, nats a token`, grid: true, nice: true },
    marks: [...series(thresholds, "var(--first)"), ...series(ranks, "var(--second)")],
  });
}
