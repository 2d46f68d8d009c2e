import { type Html, html } from "@deepgrain/support/pages";
import { cell, dot } from "@observablehq/plot";
import { optionsOf, refuseUnknown } from "../errors";
import { colorScale, type FigureOptions, figure, seriesColor } from "./figure";

/** Shares by row. */
export interface HeatMapOptions extends FigureOptions {
  /** Row by row, each with its name; rows may differ in length. */
  shares: Readonly<Record<string, readonly number[]>>;
  /** What a row and a column are, such as "layer" and "expert"; columns are numbered from 0. */
  axes: { readonly row: string; readonly column: string };
  /** Share of the darkest cell, so that two maps can be compared. Default: the largest. */
  max?: number | undefined;
  /** Cells that get a dot, by row, and what the dot says. */
  marked?:
    | { readonly name: string; readonly cells: Readonly<Record<string, readonly number[]>> }
    | undefined;
  /** How a share is written. Default: in percent. */
  format?: ((share: number) => string) | undefined;
}

const percent = (share: number): string =>
  `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0).replace("-", "−")}\u00a0%`;

/** Every column's number, or every second, fourth, … where they would run together. */
function ticksFor(columns: number, width: number): number[] {
  let step = 1;
  while ((step * (width - 76)) / columns < 20) step *= 2;
  return Array.from({ length: Math.ceil(columns / step) }, (_, i) => i * step);
}

/** Rows of cells, darker for larger shares. */
export function heatMap(options: HeatMapOptions): Html {
  const {
    label,
    caption,
    document,
    shares,
    axes,
    max: darkest,
    marked,
    format = percent,
    ...rest
  } = optionsOf("heatMap", options);
  refuseUnknown("heatMap", rest);
  const rows = Object.entries(shares);
  const columns = Math.max(0, ...rows.map(([, { length }]) => length));
  const max = darkest ?? Math.max(...rows.flatMap(([, row]) => row));
  const nameOf = (row: string) => `${axes.row} ${row}`;
  const cells = rows.flatMap(([row, own]) =>
    own.map((share, column) => {
      const opacity = 0.04 + (max > 0 ? (0.96 * share) / max : 0);
      return { row: nameOf(row), column, share, opacity };
    }),
  );
  const dots = Object.entries(marked?.cells ?? {}).flatMap(([row, own]) =>
    own.map((column) => ({ row: nameOf(row), column })),
  );
  const scale = colorScale(format(0), format(max), 100);
  const place = { x: "column", y: "row" };
  return figure({
    label,
    document,
    caption: caption === undefined ? scale : html`${caption} ${scale}`,
    legend: marked && dots.length > 0 ? [{ name: marked.name, color: seriesColor(1) }] : [],
    data: {
      head: [axes.row, ...Array.from({ length: columns }, (_, i) => `${axes.column} ${i}`)],
      body: rows.map(([row, own]) => [row, ...own.map(format)]),
    },
    draw: (width) => ({
      height: 70 + 34 * rows.length,
      marginLeft: 56,
      x: {
        label: axes.column,
        type: "band",
        padding: 0.08,
        tickSize: 0,
        ticks: ticksFor(columns, width),
      },
      y: { label: null, type: "band", padding: 0.08, tickSize: 0 },
      opacity: { type: "identity" },
      marks: [
        cell(cells, {
          ...place,
          fill: seriesColor(0),
          fillOpacity: "opacity",
          rx: 2,
          title: ({ share }: { share: number }) => format(share),
        }),
        dot(dots, {
          ...place,
          r: 4,
          fill: seriesColor(1),
          stroke: "var(--page)",
          strokeWidth: 1.5,
        }),
      ],
    }),
  });
}
