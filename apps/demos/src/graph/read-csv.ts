import { DatasetsError, parseCsv } from "@deepgrain/datasets/parsers";

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

const columnOf = (cell: string) => cell.replaceAll('"', "").trim().toLowerCase();

/** The columns of a table, in small letters, and its rows by them; an empty cell is undefined. */
function readTable(text: string, name: string) {
  const [head = ""] = text.trimStart().split("\n", 1);
  const delimiter = [",", "\t", ";"].find((one) => head.includes(one)) ?? ",";
  try {
    const rows = parseCsv(text, { delimiter }).map((row): Record<string, string | undefined> => {
      const cells = Object.entries(row);
      return Object.fromEntries(
        cells.map(([key, cell]) => [columnOf(key), cell.trim() || undefined]),
      );
    });
    return { columns: head.split(delimiter).map(columnOf), rows };
  } catch (error) {
    if (!DatasetsError.isInstance(error)) throw error;
    throw new Error(`${name} is no table: ${error.problem}.`, { cause: error });
  }
}

/**
 * The nodes or the edges of a file in CSV, by its first line's names.
 * @throws {Error} with a sentence for the visitor about what is wrong
 */
export function tableOfCsv(text: string, name: string): GraphTable {
  const { columns, rows } = readTable(text, name);
  const has = (...wanted: string[]) => wanted.every((column) => columns.includes(column));
  if (has("source", "target"))
    return {
      nodes: [],
      edges: rows.map(({ source = "", target = "", weight = 1 }) => ({
        source,
        target,
        weight: Number(weight),
      })),
    };
  if (has("id", "label"))
    return {
      nodes: rows.map(({ id = "", name, label, train = "" }) => ({
        id,
        name,
        label,
        train: has("train") ? /^(1|true|yes)$/i.test(train) : undefined,
      })),
      edges: [],
    };
  throw new Error(
    `${name} must begin with the names of its columns: source and target, or id and label.`,
  );
}
