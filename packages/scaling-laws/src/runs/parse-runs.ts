import { optionsOf, refuseUnknown, ScalingLawsError, textOf } from "../errors";
import { type Column, type ColumnNames, findColumns } from "./columns";
import { parseCsv } from "./csv";
import { type Row, rowToRun } from "./row-to-run";
import type { LossUnit, Run } from "./run";

/** How a table of runs is read. */
export interface ParseRunsOptions {
  /** Name for error messages (default "runs"). */
  file?: string | undefined;
  /** Default: JSON lines where the text begins with "{", else CSV. */
  format?: "csv" | "jsonl" | undefined;
  /** Names of columns that are called otherwise. */
  columns?: ColumnNames | undefined;
  /** Which column is the loss. Default: `bpb` where every row has it, else `loss`. */
  unit?: LossUnit | undefined;
}

const OPTIONS: readonly (keyof ParseRunsOptions)[] = ["file", "format", "columns", "unit"];

/** A row of a table, under its own names. */
export interface RawRow {
  line: number;
  cells: Readonly<Record<string, unknown>>;
}

/**
 * The rows of a CSV file with a header. @throws {ScalingLawsError} `ERR_FORMAT` for broken CSV, `ERR_ROW` for surplus
 * cells
 */
export function csvRows(text: string, file: string): RawRow[] {
  const [header, ...records] = parseCsv(text, file);
  if (!header) return [];
  return records.map(({ line, cells }, i) => {
    if (cells.length > header.cells.length)
      throw new ScalingLawsError(
        "ERR_ROW",
        `scaling-laws/parseRuns: ${file}, row ${i + 1} (line ${line}): ${cells.length} cells, but the header has ${header.cells.length}`,
        { fields: { file, row: i + 1, line, cells: cells.length } },
      );
    return { line, cells: Object.fromEntries(header.cells.map((name, j) => [name, cells[j]])) };
  });
}

/** The objects of JSON lines. @throws {ScalingLawsError} `ERR_FORMAT` with the line that is not an object */
function jsonlRows(text: string, file: string): RawRow[] {
  return text.split(/\r?\n/).flatMap((source, i) => {
    if (source.trim() === "") return [];
    let cells: unknown;
    try {
      cells = JSON.parse(source);
    } catch {
      // falls through to the error below
    }
    if (typeof cells !== "object" || cells === null || Array.isArray(cells))
      throw new ScalingLawsError(
        "ERR_FORMAT",
        `scaling-laws/parseRuns: ${file}, line ${i + 1}: expected a JSON object, got ${source.slice(0, 60)}`,
        { fields: { file, line: i + 1 } },
      );
    return [{ line: i + 1, cells: cells as Record<string, unknown> }];
  });
}

/** Rows with their cells under this package's names. */
export function toRows(
  raw: readonly RawRow[],
  file: string,
  found: ReadonlyMap<Column, string>,
): Row[] {
  return raw.map(({ line, cells }, i) => ({
    file,
    row: i + 1,
    line,
    values: new Map([...found].map(([column, name]) => [column, cells[name]])),
  }));
}

const isFilled = (value: unknown) => value !== undefined && value !== null && value !== "";

/** `bpb` where every row has it, else `loss`. */
export function unitOf(rows: readonly Row[]): LossUnit {
  return rows.length > 0 && rows.every(({ values }) => isFilled(values.get("bpb")))
    ? "bpb"
    : "loss";
}

/**
 * Reads a table of runs: CSV with a header or JSON lines, one run per row. Columns: `flops`, `model` (or `params`, or
 * `layers`, `width`, `sequence_length`), `tokens`, `loss` (or `bpb`), and optionally `batch_tokens`, `lr`, `seed`,
 * `vocab`, `budget`, under these names, camelCase or common synonyms. Missing `flops` are model × tokens.
 *
 * @param text the file's content
 * @throws {ScalingLawsError} `ERR_ROW` naming file, row and key of a missing or wrong value; `ERR_FORMAT` for broken CSV
 *   or JSON; `ERR_TOO_FEW` for a table without rows
 */
export function parseRuns(text: string, options: ParseRunsOptions = {}): Run[] {
  const { file = "runs", format, columns, unit, ...rest } = optionsOf("parseRuns", options);
  refuseUnknown("parseRuns", rest, OPTIONS);
  textOf("parseRuns", "text", text);
  const isJsonl = format ? format === "jsonl" : /^\uFEFF?\s*\{/.test(text);
  const raw = isJsonl ? jsonlRows(text, file) : csvRows(text, file);
  if (raw.length === 0)
    throw new ScalingLawsError("ERR_TOO_FEW", `scaling-laws/parseRuns: ${file} has no rows`, {
      fields: { file },
    });
  const names = new Set(raw.flatMap(({ cells }) => Object.keys(cells)));
  const rows = toRows(raw, file, findColumns([...names], columns));
  return rows.map((row) => rowToRun("parseRuns", row, unit ?? unitOf(rows)));
}
