import { decimal, type Html, html, shorten } from "@deepgrain/support/pages";
import { cell, text } from "#plot";
import { having, optionsOf, refuseUnknown } from "../errors";
import * as chart from "./figure";

/** Numbers of rows and columns. */
export interface MatrixOptions extends chart.FigureOptions {
  rows: readonly string[];
  columns: readonly string[];
  /** Row by row; null stays empty. */
  values: readonly (readonly (number | null)[])[];
  /** How a number is written. Default: about four digits. */
  format?: ((value: number) => string) | undefined;
  /** Value of the darkest cell. Default: the largest. */
  max?: number | undefined;
}

const longest = (names: readonly string[]) => Math.max(0, ...names.map(({ length }) => length));

/** Margins and turned headings by the room that names need. */
function layoutOf({ rows, columns }: MatrixOptions, width: number) {
  const most = chart.isNarrow(width) ? 16 : 30;
  const letters = Math.min(most, longest(columns));
  const isTurned = letters > 8;
  const marginLeft = 14 + 6.9 * Math.min(most, longest(rows));
  const isSteep = isTurned && (width - marginLeft - 50) / columns.length < 17;
  const marginRight = isTurned && !isSteep ? 50 : 10;
  const marginTop = isTurned ? 20 + (isSteep ? 6.9 : 4.8) * letters : 30;
  const height = marginTop + 10 + 30 * rows.length;
  const tickFormat = (name: string) => shorten(name, most);
  const band = { label: null, type: "band", padding: 0.06, tickSize: 0, tickFormat } as const;
  const turned = isTurned ? { tickRotate: isSteep ? -90 : -45 } : {};
  return {
    room: (width - marginLeft - marginRight) / columns.length,
    margins: { height, marginLeft, marginTop, marginBottom: 10, marginRight },
    x: { ...band, axis: "top" as const, domain: columns, ...turned },
    y: { ...band, domain: rows },
  };
}

/** A matrix of cells, darker for larger values, the number written in each. */
export function matrix(options: MatrixOptions): Html {
  const {
    label,
    caption,
    document,
    rows,
    columns,
    values,
    format = decimal,
    max: darkest,
    ...rest
  } = optionsOf("matrix", options);
  refuseUnknown("matrix", rest);
  having("matrix", "options", options, "rows", "columns");
  const max = darkest ?? Math.max(...values.flat().filter((value) => value !== null));
  const lines = rows.map((row, i) =>
    columns.map((column, j) => ({ row, column, value: values[i]?.[j] ?? null })),
  );
  const cells = lines.flat().flatMap(({ value, ...place }) => {
    if (value === null) return [];
    const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
    return [{ ...place, shown: format(value), opacity: 0.04 + 0.51 * share }];
  });
  const textOf = (value: number | null) => (value === null ? "–" : format(value));
  const body = lines.map((line, i) => [rows[i]!, ...line.map(({ value }) => textOf(value))]);
  const scale = chart.colorScale(format(0), format(max));
  return chart.figure({
    label,
    document,
    caption: caption === undefined ? scale : html`${caption} ${scale}`,
    data: { head: ["", ...columns], body },
    draw(width) {
      const { room, margins, x, y } = layoutOf(options, width);
      const fontSize = chart.isNarrow(width) ? 10 : 12;
      const needed = 6 + 0.6 * fontSize * longest(cells.map(({ shown }) => shown));
      const written = needed < room ? cells : []; // where numbers would run into each other, the table has them
      const fill = { fill: chart.seriesColor(0), fillOpacity: "opacity" };
      return {
        ...margins,
        x,
        y,
        opacity: { type: "identity" },
        marks: [
          cell(cells, { x: "column", y: "row", ...fill, rx: 2 }),
          text(written, { x: "column", y: "row", text: "shown", fill: "var(--text)", fontSize }),
        ],
      };
    },
  });
}
