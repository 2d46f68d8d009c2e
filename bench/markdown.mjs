// What the tables share.

/** A table for bench/RECORD.md, aligned as the formatter would. */
export function markdownTable(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length), 3));
  const line = (cells, fill = " ") =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i], fill)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [
    line(head),
    line(
      head.map(() => ""),
      "-",
    ),
    ...body.map((row) => line(row)),
  ].join("\n");
}

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export const show = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "-");

/** Three digits or more: what a time can be trusted for. */
export const showMs = (value) => show(value, value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);

/** "0.35, met", or "-" where nothing was agreed. */
export function floorCell(ratio, floor) {
  if (floor === undefined) return "-";
  return Number.isFinite(ratio) ? `${floor}, ${ratio >= floor ? "met" : "MISSED"}` : `${floor}`;
}
