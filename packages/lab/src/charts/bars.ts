import { barX, dot, groupY, type Markish, ruleX, ruleY, text } from "@observablehq/plot";
import type { Html } from "../report/html";
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
  shorten,
} from "./figure";

/** Values by name. */
export interface BarsOptions extends FigureOptions {
  x: Axis;
  /** A row per name, from top to bottom, with a value per series; null is left out. */
  rows: readonly { name: string; values: readonly (Measured | null)[] }[];
  /** Names of the values of a row, where there are several. */
  series?: readonly string[];
  /** A dashed level to compare with. */
  reference?: number;
  /** Whether bars are drawn from 0. Default: dots, which show small differences far from 0. */
  isFromZero?: boolean;
}

const LETTERS = 30;

function marksOf({ rows, reference, isFromZero }: BarsOptions, narrow: boolean): Markish[] {
  const data = rows.flatMap(({ name, values }) =>
    values.flatMap((value, i) =>
      value === null ? [] : { ...around(value), name, color: seriesColor(i) },
    ),
  );
  const [filled, dots] = isFromZero ? [data, []] : [[], data];
  const above = { frameAnchor: "left", textAnchor: "start", dy: -13, fill: "var(--text)" } as const;
  const link = { y: "name", x: "mean", stroke: "var(--line)", strokeWidth: 2 };
  const inset = { insetTop: narrow ? 16 : 3, insetBottom: 3 };
  return [
    ruleX(reference === undefined ? [] : [reference], DASHED),
    barX(filled, { x: "mean", y: "name", fill: "color", fillOpacity: 0.6, ...inset }),
    ruleY(dots, groupY({ x1: "min", x2: "max" }, link)),
    ruleY(data, { y: "name", x1: "low", x2: "high", stroke: "color", strokeWidth: 2 }),
    dot(dots, { x: "mean", y: "name", fill: "color", r: 4.5 }),
    text(narrow ? rows : [], { y: "name", text: "name", ...above }),
  ];
}

/** Values by name, as dots or bars, with one standard error to each side. */
export function bars(options: BarsOptions): Html {
  const { x, rows, series = [] } = options;
  const domain = rows.map(({ name }) => name);
  const letters = Math.min(LETTERS, Math.max(...domain.map(({ length }) => length)));
  const y = { label: null, type: "band", tickSize: 0, domain } as const;
  const tickFormat = (name: string) => shorten(name, LETTERS);
  return figure({
    ...options,
    legend: series.map((name, i) => ({ name, color: seriesColor(i) })),
    data: {
      head: ["", ...(series.length > 0 ? series : [x.label])],
      body: rows.map(({ name, values }) => [name, ...values.map(measuredText)]),
    },
    draw: (width) => ({
      height: 60 + (isNarrow(width) ? 38 : 26) * rows.length,
      marginLeft: isNarrow(width) ? 12 : 16 + 6.8 * letters,
      marginRight: 20,
      x: axisOf(x, isNarrow(width)),
      y: isNarrow(width) ? { ...y, axis: null } : { ...y, tickFormat },
      marks: marksOf(options, isNarrow(width)),
    }),
  });
}
