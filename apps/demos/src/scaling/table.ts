import { parseRuns, type Run, ScalingLawsError } from "@deepgrain/scaling-laws";

/** A table of runs, by the part of the law that they are for. */
export interface Table {
  sizes: Run[];
  batches: Run[];
  rates: Run[];
  /** Runs that are predicted and never fitted. */
  larger: Run[];
}

/** Bytes and rows that are read. */
export const TABLE_LIMITS = { bytes: 1_000_000, rows: 5000 };

const names: Record<string, keyof Table> = {
  size: "sizes",
  batch: "batches",
  rate: "rates",
  larger: "larger",
};

/** The purpose of each run by the first column; undefined where it is not called "part". */
function partsOf(text: string, rows: number): string[] | undefined {
  const [header = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (!header.startsWith("part,") || lines.length !== rows) return undefined;
  return lines.map((line) => line.slice(0, line.indexOf(",")));
}

/**
 * Reads a table of runs. Where its first column is "part" with size, batch, rate or larger, each run counts for that part of
 * the law alone; else all runs count for all parts.
 *
 * @param file its name, for error messages
 * @throws {ScalingLawsError} as `parseRuns`; `ERR_ROW` for another part; `ERR_RANGE` for a table that is too long
 */
export function readTable(text: string, file: string): Table {
  const runs = parseRuns(text, { file });
  if (runs.length > TABLE_LIMITS.rows)
    throw new ScalingLawsError(
      "ERR_RANGE",
      `scaling-laws/parseRuns: ${file} has ${runs.length} rows; at most ${TABLE_LIMITS.rows} are read`,
    );
  const parts = partsOf(text, runs.length);
  if (!parts) return { sizes: runs, batches: runs, rates: runs, larger: [] };
  const table: Table = { sizes: [], batches: [], rates: [], larger: [] };
  for (const [i, part] of parts.entries()) {
    const name = Object.hasOwn(names, part) ? names[part] : undefined;
    if (!name)
      throw new ScalingLawsError(
        "ERR_ROW",
        `scaling-laws/parseRuns: ${file}, row ${i + 1}, part: expected size, batch, rate or larger, got "${part}"`,
      );
    table[name].push(runs[i]!);
  }
  return table;
}

/**
 * Looks at a visitor's file.
 * @returns what is wrong with it, in a sentence; undefined if it is a text that may hold a table
 */
export function problemOf(bytes: Uint8Array, name: string): string | undefined {
  if (bytes.length === 0) return `${name} is empty; choose a CSV with a row per run.`;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? `${name} is no text: it holds zero bytes.` : undefined;
  } catch {
    return `${name} is no text in UTF-8; choose a CSV with a row per run.`;
  }
}
