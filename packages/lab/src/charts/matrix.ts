import { cell, type PlotOptions, text } from "@observablehq/plot";
import type { Html } from "../report/html";
import { decimal } from "../report/numbers";
import { type FigureOptions, figure, isNarrow, seriesColor, shorten } from "./figure";

/** Numbers of rows and columns. */
export interface MatrixOptions extends FigureOptions {
  rows: readonly string[];
  columns: readonly string[];
  /** Row by row; null stays empty. */
  values: readonly (readonly (number | null)[])[];
  /** How a number is written. Default: about four digits. */
  format?: (value: number) => string;
  /** Value of the darkest cell. Default: the largest. */
  max?: number;
}

const longest = (names: readonly string[]) => Math.max(0, ...names.map(({ length }) => length));

interface Shown {
  row: string;
  column: string;
  shown: string;
  opacity: number;
}

/** A matrix of cells, darker for larger values, the number written in each. */
export function matrix(options: MatrixOptions): Html {
  const { rows, columns, values, format = decimal } = options;
  const max = options.max ?? Math.max(...values.flat().filter((value) => value !== null));
  const at = (i: number, j: number) => values[i]?.[j] ?? null;
  const cells: Shown[] = rows.flatMap((row, i) =>
    columns.flatMap((column, j) => {
      const value = at(i, j);
      if (value === null) return [];
      const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
      return [{ row, column, shown: format(value), opacity: 0.04 + 0.51 * share }];
    }),
  );
  const textOf = (value: number | null) => (value === null ? "–" : format(value));
  const body = rows.map((row, i) => [row, ...columns.map((_, j) => textOf(at(i, j)))]);
  return figure({
    ...options,
    data: { head: ["", ...columns], body },
    draw: (width) => drawn(cells, options, width),
  });
}

function drawn(
  cells: readonly Shown[],
  { rows, columns }: MatrixOptions,
  width: number,
): PlotOptions {
  const narrow = isNarrow(width);
  const most = narrow ? 16 : 30;
  const letters = Math.min(most, longest(columns));
  const isTurned = letters > 8;
  const band = { label: null, type: "band", padding: 0.06, tickSize: 0 } as const;
  const tickFormat = (name: string) => shorten(name, most);
  const marginLeft = 14 + 6.9 * Math.min(most, longest(rows));
  const isSteep = isTurned && (width - marginLeft - 50) / columns.length < 17;
  const marginRight = isTurned && !isSteep ? 50 : 10;
  const marginTop = isTurned ? 20 + (isSteep ? 6.9 : 4.8) * letters : 30;
  const turned = isTurned ? { tickRotate: isSteep ? -90 : -45 } : {};
  const fontSize = narrow ? 10 : 12;
  const room = (width - marginLeft - marginRight) / columns.length;
  // Where numbers would run into each other, the table has them.
  const written = 0.6 * fontSize * longest(cells.map(({ shown }) => shown)) < room ? cells : [];
  return {
    height: marginTop + 10 + 30 * rows.length,
    marginLeft,
    marginTop,
    marginBottom: 10,
    marginRight,
    x: { ...band, axis: "top", domain: columns, tickFormat, ...turned },
    y: { ...band, domain: rows, tickFormat },
    opacity: { type: "identity" },
    marks: [
      cell(cells, { x: "column", y: "row", fill: seriesColor(0), fillOpacity: "opacity", rx: 2 }),
      text(written, { x: "column", y: "row", text: "shown", fill: "var(--text)", fontSize }),
    ],
  };
}
