/** Nodes and edges as a file names them. */
export interface GraphTable {
  nodes: readonly {
    id: string;
    name?: string | undefined;
    label?: string | undefined;
    /** Whether the label may be used; undefined if the file says nothing. */
    train?: boolean | undefined;
    x?: number | undefined;
    y?: number | undefined;
  }[];
  edges: readonly { source: string; target: string; weight: number }[];
}

/** The cells of a line; quotes keep a separator in a cell. */
function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let [cell, isQuoted] = ["", false];
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (letter === '"' && isQuoted && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += letter;
  }
  return [...cells, cell].map((one) => one.trim());
}

/**
 * The nodes or the edges of a file in CSV, by its first line's names.
 * @throws {Error} with a sentence for the visitor about what is wrong
 */
export function tableOfCsv(text: string, name: string): GraphTable {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const separator = [",", "\t", ";"].find((one) => head.includes(one)) ?? ",";
  const columns = cellsOf(head, separator).map((column) => column.toLowerCase());
  const rows = lines.map((line, i) => {
    const cells = cellsOf(line, separator);
    if (cells.length !== columns.length)
      throw new Error(
        `Line ${i + 2} of ${name} has ${cells.length} cells; its first line has ${columns.length}.`,
      );
    return (column: string) => cells[columns.indexOf(column)] || undefined;
  });
  const has = (...wanted: string[]) => wanted.every((column) => columns.includes(column));
  if (has("source", "target"))
    return {
      nodes: [],
      edges: rows.map((cell) => ({
        source: cell("source") ?? "",
        target: cell("target") ?? "",
        weight: Number(cell("weight") ?? 1),
      })),
    };
  if (has("id", "label"))
    return {
      nodes: rows.map((cell) => ({
        id: cell("id") ?? "",
        name: cell("name"),
        label: cell("label"),
        train: has("train") ? /^(1|true|yes)$/i.test(cell("train") ?? "") : undefined,
      })),
      edges: [],
    };
  throw new Error(
    `${name} must begin with the names of its columns: source and target, or id and label.`,
  );
}
