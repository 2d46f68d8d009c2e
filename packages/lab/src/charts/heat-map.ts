import { type Html, html } from "@deepgrain/support/pages";
import { cell, dot } from "#plot";
import { functionOf, having, optionsOf, refuseUnknown } from "../errors";
import { colorScale, figure, seriesColor } from "./figure";

/** Options of a heat map. */
export interface HeatMapOptions {
  label: string;
  /** Text or markup under the chart, before its colour scale. */
  caption: string;
  /** Names of the rows and the columns: `layer` and `expert`. */
  names: { row: string; column: string };
  /** Value of the darkest cell, so that two maps can be compared; above 0. */
  most: number;
  /** How a value is written. */
  format(value: number): string;
  /** Cells to mark with a dot, by row, and what that means. */
  marked?: { name: string; cells: Readonly<Record<string, readonly number[]>> } | undefined;
}

/**
 * Each row as a row of cells, darker where more is.
 * @param rows values from 0 to `most` by row; the columns are counted from 0
 */
export function heatMap(
  rows: Readonly<Record<string, readonly number[]>>,
  options: HeatMapOptions,
): Html {
  const { label, caption, names, most, format, marked, ...rest } = optionsOf("heatMap", options);
  refuseUnknown("heatMap", rest);
  functionOf("heatMap", "format", format);
  having("heatMap", "names", names);
  const rowName = (row: string) => `${names.row} ${row}`;
  const cells = Object.entries(rows).flatMap(([row, values]) =>
    values.map((value, column) => ({
      row: rowName(row),
      column,
      value,
      opacity: 0.04 + (0.96 * value) / most,
    })),
  );
  const dots = Object.entries(marked?.cells ?? {}).flatMap(([row, columns]) =>
    columns.map((column) => ({ row: rowName(row), column })),
  );
  const columns = Math.max(...Object.values(rows).map(({ length }) => length));
  /** Every column's number, or every second, fourth, … where they would run together. */
  const ticksFor = (width: number) => {
    let step = 1;
    while ((step * (width - 76)) / columns < 20) step *= 2;
    return Array.from({ length: Math.ceil(columns / step) }, (_, i) => i * step);
  };
  return figure({
    label,
    caption: html`${caption} ${colorScale(format(0), format(most), 100)}`,
    legend: dots.length > 0 ? [{ name: marked!.name, color: seriesColor(1) }] : [],
    data: {
      head: [names.column, ...Object.keys(rows).map(rowName)],
      body: Array.from({ length: columns }, (_, column) => [
        String(column),
        ...Object.values(rows).map((values) => {
          const value = values[column];
          return value === undefined ? "–" : format(value);
        }),
      ]),
    },
    draw: (width) => ({
      height: 70 + 34 * Object.keys(rows).length,
      marginLeft: 56,
      x: { label: names.column, type: "band", padding: 0.08, tickSize: 0, ticks: ticksFor(width) },
      y: { label: null, type: "band", padding: 0.08, tickSize: 0 },
      opacity: { type: "identity" },
      marks: [
        cell(cells, {
          x: "column",
          y: "row",
          fill: seriesColor(0),
          fillOpacity: "opacity",
          rx: 2,
          title: ({ value }: { value: number }) => format(value),
        }),
        dot(dots, {
          x: "column",
          y: "row",
          r: 4,
          fill: seriesColor(1),
          stroke: "var(--page)",
          strokeWidth: 1.5,
        }),
      ],
    }),
  });
}
