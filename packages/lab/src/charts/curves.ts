import { decimal, type Html, type Spread, whole } from "@deepgrain/support/pages";
import { areaY, dot, line, type Markish, ruleY } from "#plot";
import { listOf, optionsOf, refuseUnknown } from "../errors";
import * as chart from "./figure";
import { labels } from "./labels";

/** A point of a curve; `curveOf` makes such points. `label` is shown beside it. */
export type Point = { x: number; label?: string | undefined } & ({ y: chart.Measured } | Spread);

/** A curve. */
export interface Series {
  name: string;
  points: readonly Point[];
  /** Default: one of six. */
  color?: string | undefined;
  /** Default: where the six colours repeat. */
  isDashed?: boolean | undefined;
  /** Whether each point has a dot. */
  hasDots?: boolean | undefined;
  /** Whether a line joins the points. Default true. */
  hasLine?: boolean | undefined;
  /** Whether the legend names it. Default true. */
  isInLegend?: boolean | undefined;
}

/** Curves over a common x. */
export interface CurvesOptions extends chart.FigureOptions {
  x: chart.Axis;
  y: chart.Axis;
  series: readonly Series[];
  /** A dashed level to compare with. */
  reference?: { y: number; name: string } | undefined;
}

const placeText = (x: number) => (Number.isSafeInteger(x) ? whole(x) : decimal(x));

/** A point as Plot and the table of numbers need it. */
function placeOf(point: Point, axis: chart.Axis) {
  const measured = "y" in point ? point.y : point;
  const { x, label } = point;
  return { ...chart.around(measured, axis), x, label, text: chart.measuredText(measured, axis) };
}

/** Bands of more curves than this are fainter, as they lie over each other. */
const FEW = 2;

/** @param count of all curves */
function marksOf(
  data: ReturnType<typeof placeOf>[],
  { color, isDashed }: chart.Key,
  { hasDots = false, hasLine = true }: Pick<Series, "hasDots" | "hasLine">,
  count: number,
): Markish[] {
  const dashes = isDashed ? { strokeDasharray: "6,4" } : {};
  const fillOpacity = count > FEW ? 0.07 : 0.18;
  return [
    areaY(data, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity }),
    line(hasLine ? data : [], { x: "x", y: "mean", stroke: color, strokeWidth: 2, ...dashes }),
    dot(hasDots ? data : [], { x: "x", y: "mean", fill: color, r: 3.5 }),
  ];
}

/** Curves of means with bands over their 95 % intervals. */
export function curves(options: CurvesOptions): Html {
  const { label, caption, document, x, y, series, reference, ...rest } = optionsOf(
    "curves",
    options,
  );
  refuseUnknown("curves", rest);
  listOf("curves", "series", series);
  const keys = chart.keysOf(series);
  const levels = reference ? [reference] : [];
  const places = series.map(({ points }) => points.map((point) => placeOf(point, y)));
  const xs = places.flatMap((all) => all.map((own) => own.x));
  const body = places.flatMap((all, i) =>
    all.map((own) => [keys[i]!.name, own.label ?? placeText(own.x), own.text]),
  );
  const labelled = places
    .flat()
    .flatMap((own) => (own.label === undefined ? [] : { x: own.x, y: own.mean, label: own.label }));
  return chart.figure({
    label,
    caption,
    document,
    legend: [
      ...keys.filter((_, i) => series[i]!.isInLegend ?? true),
      ...levels.map(({ name }) => ({ name, color: "var(--muted)", isDashed: true })),
    ],
    data: { head: ["", x.label, y.label], body },
    draw: (width) => ({
      height: chart.isNarrow(width) ? 260 : 320,
      x: { ...chart.axisOf(x, chart.isNarrow(width), xs), grid: false },
      y: chart.axisOf(y, false, y.isLog ? places.flat().map(({ mean }) => mean) : []),
      marks: [
        ruleY(levels, { y: "y", ...chart.DASHED }),
        ...places.flatMap((own, i) => marksOf(own, keys[i]!, series[i]!, series.length)),
        labels(labelled),
      ],
    }),
  });
}
