import { line } from "@observablehq/plot";
import { plotSvg } from "../../../report/charts/plot-svg";
import type { Html } from "../../../report/html";
import type { LayerRows } from "./heat-map";

interface Point {
  experts: number;
  share: number;
}

/** Share of the choices that the n busiest experts of a layer get, averaged over layers, for n from 0 to all. */
export function concentration(shares: LayerRows): Point[] {
  const layers = Object.values(shares).map((row) => [...row].sort((a, b) => b - a));
  const count = layers[0]?.length ?? 0;
  const sums = Array.from({ length: count + 1 }, (_, n) =>
    layers.map((row) => row.slice(0, n).reduce((sum, share) => sum + share, 0)),
  );
  return sums.map((values, experts) => ({
    experts,
    share: values.reduce((sum, share) => sum + share, 0) / Math.max(1, layers.length),
  }));
}

/** How few experts do most of the work, a curve a text. */
export function concentrationChart(texts: readonly { color: string; shares: LayerRows }[]): Html {
  const curves = texts.map(({ color, shares }) => ({ color, points: concentration(shares) }));
  const last = curves[0]!.points.at(-1)!.experts;
  const even = [
    { experts: 0, share: 0 },
    { experts: last, share: 1 },
  ];
  return plotSvg("Share of tokens that the busiest experts get", {
    x: { label: "busiest experts of a layer", domain: [0, last] },
    y: { label: "share of the work, %", grid: true, percent: true, domain: [0, 100] },
    marks: [
      line(even, { x: "experts", y: "share", stroke: "var(--muted)", strokeDasharray: "4,4" }),
      ...curves.map(({ color, points }) =>
        line(points, { x: "experts", y: "share", stroke: color, strokeWidth: 2 }),
      ),
    ],
  });
}
