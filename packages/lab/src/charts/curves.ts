import { areaY, dot, line, type Markish, ruleY } from "@observablehq/plot";
import type { Html } from "../report/html";
import { decimal } from "../report/numbers";
import {
  type Axis,
  around,
  axisOf,
  DASHED,
  type FigureOptions,
  figure,
  isNarrow,
  type Measured,
  measuredText,
  seriesColor,
} from "./figure";
import { labels } from "./labels";

/** A point of a curve; `curveOf` makes such points. `label` is shown beside it. */
export type Point = { x: number; label?: string } & (
  | { y: Measured }
  | { mean: number; standardError: number | null }
);

/** A curve. */
export interface Series {
  name: string;
  points: readonly Point[];
  /** Default: one of six. */
  color?: string;
  /** Whether each point has a dot. */
  hasDots?: boolean;
}

/** Curves over a common x. */
export interface CurvesOptions extends FigureOptions {
  x: Axis;
  y: Axis;
  series: readonly Series[];
  /** A dashed level to compare with. */
  reference?: { y: number; name: string };
}

const measuredOf = (point: Point): Measured => ("y" in point ? point.y : point);

function marksOf({ points, hasDots }: Series, color: string): Markish[] {
  const data = points.map((own) => ({ ...around(measuredOf(own)), x: own.x }));
  return [
    areaY(data, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.18 }),
    line(data, { x: "x", y: "mean", stroke: color, strokeWidth: 2 }),
    dot(hasDots ? data : [], { x: "x", y: "mean", fill: color, r: 3.5 }),
  ];
}

/** Curves of means with bands of one standard error. */
export function curves(options: CurvesOptions): Html {
  const { x, y, series, reference } = options;
  const keys = series.map(({ name, color }, i) => ({ name, color: color ?? seriesColor(i) }));
  const body = series.flatMap(({ name, points }) =>
    points.map((own) => [name, own.label ?? decimal(own.x), measuredText(measuredOf(own))]),
  );
  const labelled = series.flatMap(({ points }) =>
    points.flatMap((own) =>
      own.label === undefined
        ? []
        : { x: own.x, y: around(measuredOf(own)).mean, label: own.label },
    ),
  );
  return figure({
    ...options,
    legend: [...keys, ...(reference ? [{ name: reference.name, color: "var(--muted)" }] : [])],
    data: { head: ["", x.label, y.label], body },
    draw: (width) => ({
      height: isNarrow(width) ? 260 : 320,
      x: { ...axisOf(x, isNarrow(width)), grid: false },
      y: axisOf(y, false),
      marks: [
        ruleY(reference ? [reference.y] : [], DASHED),
        ...series.flatMap((one, i) => marksOf(one, keys[i]!.color)),
        labels(labelled),
      ],
    }),
  });
}
