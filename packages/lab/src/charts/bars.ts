import type { Html } from "@deepgrain/support/pages";
import { shorten } from "@deepgrain/support/pages";
import { barX, dot, type Markish, ruleX, ruleY, text } from "#plot";
import { having, optionsOf, refuseUnknown } from "../errors";
import * as chart from "./figure";

/** Values by name. */
export interface BarsOptions extends chart.FigureOptions {
  x: chart.Axis;
  /** A row per name, from top to bottom, with a value per series; null is left out. */
  rows: readonly { name: string; values: readonly (chart.Measured | null)[] }[];
  /** Names of the values of a row, where there are several. */
  series?: readonly string[] | undefined;
  /** A dashed level to compare with. */
  reference?: number | undefined;
  /** Whether bars are drawn from 0. Default: dots, which show small differences far from 0. */
  isFromZero?: boolean | undefined;
}

const LETTERS = 30;

/** Pixels between the values of a row. */
const APART = 8;

const valuesPerRow = ({ rows }: BarsOptions) =>
  Math.max(...rows.map(({ values }) => values.length));

/** Pixels between the first and the last value of a row; bars lie on one another. */
const spread = (options: BarsOptions): number =>
  options.isFromZero ? 0 : APART * (valuesPerRow(options) - 1);

function marksOf(options: BarsOptions, isNarrow: boolean): Markish[] {
  const { x, rows, reference, isFromZero } = options;
  const data = rows.flatMap(({ name, values }) =>
    values.flatMap((value, i) =>
      value === null ? [] : { ...chart.around(value, x), name, i, color: chart.seriesColor(i) },
    ),
  );
  const middle = spread(options) / 2;
  const ofSeries = (_: unknown, i: number): Markish[] => {
    const own = data.filter((one) => one.i === i);
    const dy = isFromZero ? 0 : APART * i - middle;
    return [
      ruleY(own, { y: "name", x1: "low", x2: "high", stroke: "color", strokeWidth: 2, dy }),
      dot(isFromZero ? [] : own, { x: "mean", y: "name", fill: "color", r: 4, dy }),
    ];
  };
  const above = {
    ...({ frameAnchor: "left", textAnchor: "start" } as const),
    dy: -13 - middle,
    fill: "var(--text)",
  };
  const inset = { insetTop: isNarrow ? 16 : 3, insetBottom: 3 };
  return [
    ruleX(reference === undefined ? [] : [reference], chart.DASHED),
    barX(isFromZero ? data : [], {
      x: "mean",
      y: "name",
      fill: "color",
      fillOpacity: 0.6,
      ...inset,
    }),
    ...Array.from({ length: valuesPerRow(options) }, ofSeries),
    text(isNarrow ? rows : [], { y: "name", text: "name", ...above, ...chart.HALO }),
  ];
}

/** Values by name, as dots or bars, with lines over their 95 % intervals. */
export function bars(options: BarsOptions): Html {
  const {
    label,
    caption,
    document,
    x,
    rows,
    series = [],
    reference: _,
    isFromZero: __,
    ...rest
  } = optionsOf("bars", options);
  refuseUnknown("bars", rest);
  having("bars", "options", options, "x", "rows", "label");
  const domain = rows.map(({ name }) => name);
  const letters = Math.min(LETTERS, Math.max(...domain.map(({ length }) => length)));
  const measured = rows.flatMap(({ values }) =>
    values.flatMap((value) => (value === null ? [] : chart.around(value, x).mean)),
  );
  const y = { label: null, type: "band", tickSize: 0, domain } as const;
  const tickFormat = (name: string) => shorten(name, LETTERS);
  return chart.figure({
    label,
    caption,
    document,
    legend: chart.keysOf(series.map((name) => ({ name }))),
    data: {
      head: ["", ...(series.length > 0 ? series : [x.label])],
      body: rows.map(({ name, values }) => [
        name,
        ...values.map((value) => chart.measuredText(value, x)),
      ]),
    },
    draw(width) {
      const isNarrow = chart.isNarrow(width);
      return {
        height: 60 + ((isNarrow ? 38 : 26) + spread(options)) * rows.length,
        marginLeft: isNarrow ? 12 : 16 + 6.8 * letters,
        marginRight: 20,
        x: chart.axisOf(x, isNarrow, x.isLog ? measured : []),
        y: { ...y, ...(isNarrow ? { axis: null } : { tickFormat }) },
        marks: marksOf(options, isNarrow),
      };
    },
  });
}
