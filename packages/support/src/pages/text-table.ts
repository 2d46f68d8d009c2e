import { terminalText } from "../text/terminal-text";

type Line = readonly string[];

/** Options of tables of plain text. */
export interface TextTableOptions {
  /** Characters per line of a terminal, on which cells are shown as `terminalText` says. Default: no limit, no terminal. */
  columns?: number | undefined;
  /** Columns after the first are flush right, as numbers are read. Default false. */
  isRight?: boolean | undefined;
}

const GAP = "  ";

const widthsOf = (lines: readonly Line[]): number[] =>
  lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));

/** The text in lines of at most `width` characters, broken at spaces where there are any. */
function wrapped(text: string, width: number): string[] {
  const rows = [""];
  for (const word of text.split(" ")) {
    const last = rows.at(-1)!;
    const longer = last === "" ? word : `${last} ${word}`;
    if (longer.length <= width) rows[rows.length - 1] = longer;
    else rows.push(...(word.match(new RegExp(`.{1,${width}}`, "gu")) ?? []));
  }
  return rows[0] === "" && rows.length > 1 ? rows.slice(1) : rows;
}

/** Cells as they are shown: on a terminal without control characters. */
const shownOn = (columns: number, lines: readonly Line[]): readonly Line[] =>
  columns === Number.POSITIVE_INFINITY ? lines : lines.map((line) => line.map(terminalText));

/** Lines whose cells are padded to the given widths; longer cells go on in the next line. */
function aligned(lines: readonly Line[], widths: readonly number[], isRight = false): string {
  const pad = (cell: string, i: number) =>
    isRight && i > 0 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  const rows = lines.flatMap((line) => {
    const cells = line.map((cell, i) => wrapped(cell, widths[i]!));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, row) =>
      cells.map((cell, i) => pad(cell[row] ?? "", i)),
    );
  });
  return rows.map((row) => row.join(GAP).trimEnd()).join("\n");
}

/** Indices of the columns after the first, in groups that fit beside it. */
function groupsOf(widths: readonly number[], columns: number): number[][] {
  const groups: number[][] = [[]];
  let used = widths[0]!;
  for (let i = 1; i < widths.length; i++) {
    used += GAP.length + widths[i]!;
    if (used > columns && groups.at(-1)!.length > 0) {
      groups.push([]);
      used = widths[0]! + GAP.length + widths[i]!;
    }
    groups.at(-1)!.push(i);
  }
  return groups;
}

/**
 * A table of plain text, its columns aligned. Columns that do not fit the width follow below, beside the first column
 * again; what is still too wide is broken at spaces.
 *
 * @param cells of the heading and of each row
 */
export function textTable(
  cells: readonly Line[],
  { columns = Number.POSITIVE_INFINITY, isRight = false }: TextTableOptions = {},
): string {
  const lines = shownOn(columns, cells);
  const widths = widthsOf(lines);
  const blocks = groupsOf(widths, columns).map((group) => {
    const chosen = [0, ...group];
    const most = Math.max(1, Math.floor((columns - GAP.length) / 2));
    const first = Math.min(
      widths[0]!,
      Math.max(most, columns - GAP.length - (widths[group[0]!] ?? 0)),
    );
    const rest = group.map((i) => Math.min(widths[i]!, Math.max(1, columns - GAP.length - first)));
    return aligned(
      lines.map((line) => chosen.map((i) => line[i]!)),
      [first, ...rest],
      isRight,
    );
  });
  return blocks.join("\n\n");
}

/** The same as {@link textTable} if it fits the width, else one record per row: a line for each cell, after its heading. */
export function textRecords(
  cells: readonly Line[],
  { columns = Number.POSITIVE_INFINITY }: TextTableOptions = {},
): string {
  const lines = shownOn(columns, cells);
  const widths = widthsOf(lines);
  if (widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) <= columns)
    return textTable(lines);
  const [head, ...body] = lines as [Line, ...Line[]];
  const half = Math.max(1, Math.floor((columns - GAP.length) / 2));
  const name = Math.min(half, Math.max(...head.map(({ length }) => length)));
  const value = Math.max(1, columns - GAP.length - name);
  return body
    .map((row) =>
      aligned(
        row.map((cell, i) => [head[i]!, cell]).filter(([, cell]) => cell !== ""),
        [name, value],
      ),
    )
    .join("\n\n");
}
