import { decimal, type Html } from "@deepgrain/pages";
import { areaY, dot, line, type Markish, ruleY } from "@observablehq/plot";
import * as chart from "./figure";
import { labels } from "./labels";

/** A point of a curve; `curveOf` makes such points. `label` is shown beside it. */
export type Point = { x: number; label?: string } & (
  | { y: chart.Measured }
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
export interface CurvesOptions extends chart.FigureOptions {
  x: chart.Axis;
  y: chart.Axis;
  series: readonly Series[];
  /** A dashed level to compare with. */
  reference?: { y: number; name: string };
}

const measuredOf = (point: Point): chart.Measured => ("y" in point ? point.y : point);

/** A point and what Plot reads of it. */
const placeOf = (point: Point) => ({ ...chart.around(measuredOf(point)), x: point.x });

function marksOf({ points, hasDots }: Series, color: string): Markish[] {
  const data = points.map(placeOf);
  return [
    areaY(data, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.18 }),
    line(data, { x: "x", y: "mean", stroke: color, strokeWidth: 2 }),
    dot(hasDots ? data : [], { x: "x", y: "mean", fill: color, r: 3.5 }),
  ];
}

/** Curves of means with bands of one standard error. */
export function curves(options: CurvesOptions): Html {
  const { x, y, series, reference } = options;
  const keys = chart.keysOf(series);
  const levels = reference ? [reference] : [];
  const body = series.flatMap(({ name, points }) =>
    points.map((own) => [name, own.label ?? decimal(own.x), chart.measuredText(measuredOf(own))]),
  );
  const labelled = series.flatMap(({ points }) =>
    points.flatMap((own) =>
      own.label === undefined ? [] : { x: own.x, y: placeOf(own).mean, label: own.label },
    ),
  );
  return chart.figure({
    ...options,
    legend: [...keys, ...levels.map(({ name }) => ({ name, color: "var(--muted)" }))],
    data: { head: ["", x.label, y.label], body },
    draw: (width) => ({
      height: chart.isNarrow(width) ? 260 : 320,
      x: { ...chart.axisOf(x, chart.isNarrow(width)), grid: false },
      y: chart.axisOf(y),
      marks: [
        ruleY(levels, { y: "y", ...chart.DASHED }),
        ...series.flatMap((one, i) => marksOf(one, keys[i]!.color)),
        labels(labelled),
      ],
    }),
  });
}
