import { Html, html } from "./html";

/** A cell: text, or markup of `html`. */
export type Cell = string | Html;

/** How a table is laid out. */
export interface TableOptions {
  /** Columns of running text by index, which break lines. The first column is always text. */
  text?: readonly number[] | undefined;
  /** Description of the table, for screen readers. */
  label?: string | undefined;
}

/** Letters of a first column that never breaks, such as of ids. */
const SHORT = 8;

/** Letters of a column of text that needs no room to break lines, such as of verdicts. */
const TIGHT = 16;

const lettersOf = (cell: Cell) =>
  (typeof cell === "string" ? cell : cell.text.replaceAll(/<[^>]*>/g, "")).length;

/** Pixels of a phone's page, of a letter in a table, and between two columns. */
const [PHONE, LETTER, GAP] = [350, 7.2, 12];

/** Letters of the longest word, which is as narrow as a column gets that breaks its lines. */
const wordOf = (cell: Cell) =>
  Math.max(
    ...(typeof cell === "string" ? cell : cell.text.replaceAll(/<[^>]*>/g, " "))
      .split(/[\s-]+/)
      .map(({ length }) => length),
  );

/** "1.2 (1.1 to 1.3)": where there is little room, the interval goes below its mean. */
const SPREAD = /^(\S+) (\([^()]* to [^()]*\))(.*)$/;

function shown(cell: Cell): Cell {
  if (typeof cell !== "string") return cell;
  const [, mean, interval, rest] = SPREAD.exec(cell) ?? [];
  return mean === undefined ? cell : html`${mean} <span class="interval">${interval}</span>${rest}`;
}

/** Letters that a cell needs on a phone. */
function narrowest(cell: Cell, isText: boolean): number {
  if (isText || typeof cell !== "string") return wordOf(cell);
  const [, mean = cell, interval = "", rest = ""] = SPREAD.exec(cell) ?? [];
  return Math.max(mean.length, interval.length + rest.length);
}

/** Columns that no phone is too narrow for, one below the other. */
const MOST_STACKED = 12;

/** How a table that is too wide for a phone is shown there: row by row, its cells below one another, or scrolling where it is a matrix. */
function fitOf(
  head: readonly string[],
  body: readonly (readonly Cell[])[],
  text: readonly number[],
): "stacks" | "" {
  const widths = head.map((name, i) => {
    const cells = body.map((row) => narrowest(row[i] ?? "", i === 0 || text.includes(i)));
    return GAP + LETTER * Math.max(wordOf(name), ...cells);
  });
  const width = widths.reduce((sum, own) => sum + own, 0);
  return width > PHONE && head.length <= MOST_STACKED ? "stacks" : "";
}

/**
 * A table whose first column stays in view while the others scroll sideways. On phones a table that is too wide becomes a list of
 * its rows, in which every cell has the name of its column.
 */
export function table(
  head: readonly string[],
  body: readonly (readonly Cell[])[],
  { text = [], label }: TableOptions = {},
): Html {
  const isShort = body.every(([first]) => typeof first === "string" && first.length <= SHORT);
  const isTight = (column: number) => body.every((row) => lettersOf(row[column] ?? "") <= TIGHT);
  const kind = (column: number) => {
    if (text.includes(column)) return new Html(` class="words${isTight(column) ? " tight" : ""}"`);
    return column === 0 && isShort && new Html(' class="short"');
  };
  const cells = (row: readonly Cell[]) =>
    row.map((cell, i) =>
      i === 0
        ? html`<th scope="row"${kind(i)}>${cell}</th>`
        : html`<td data-name="${head[i]}"${kind(i)}>${shown(cell)}</td>`,
    );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label ?? `Table: ${head.filter(Boolean).join(", ")}`}"><table class="${fitOf(head, body, text)}">
<thead><tr>${head.map((name, i) => html`<th scope="col"${kind(i)}>${name}</th>`)}</tr></thead>
<tbody>${body.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody>
</table></div>`;
}
