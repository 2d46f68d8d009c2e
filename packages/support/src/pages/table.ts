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

/** A table whose first column stays in view while the others scroll sideways. */
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
      i === 0 ? html`<th scope="row"${kind(i)}>${cell}</th>` : html`<td${kind(i)}>${cell}</td>`,
    );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label ?? `Table: ${head.filter(Boolean).join(", ")}`}"><table>
<thead><tr>${head.map((name, i) => html`<th scope="col"${kind(i)}>${name}</th>`)}</tr></thead>
<tbody>${body.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody>
</table></div>`;
}
