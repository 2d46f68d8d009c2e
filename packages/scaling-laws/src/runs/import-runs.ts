import { knownOptions } from "../known-options";
import { type OptionNames } from "@deepgrain/support";
import { type ParseRunsOptions, parseRuns } from "./parse-runs";
import { importWandb, type WandbImport } from "./wandb";

/** How a table of any form is read. */
export interface ImportRunsOptions extends Omit<ParseRunsOptions, "format"> {
  /** Default: what the text begins with. */
  format?: "csv" | "jsonl" | "wandb" | undefined;
}

const importRunsOptionNames: OptionNames<ImportRunsOptions> = {
  format: true,
  file: true,
  columns: true,
  unit: true,
};

/** Whether a table is W&B's export: it begins with the run's name and has a column for its state. */
function isWandbExport(text: string): boolean {
  const header = text.split("\n", 1)[0]!;
  return /(^|,)"?State"?(,|\r?$)/.test(header) && /"?Name"?,/.test(header);
}

/**
 * Reads a table of runs: CSV, JSON lines, or an export of W&B.
 *
 * @param text the file's content
 * @returns the runs, and those of W&B that have not finished
 * @throws {ScalingLawsError} as `parseRuns` and `importWandb`
 */
export function importRuns(
  text: string,
  given: ImportRunsOptions = {},
): WandbImport {
const { format, ...options } = knownOptions("importRuns", given, importRunsOptionNames);
  if (format === "wandb" || (format === undefined && isWandbExport(text)))
    return importWandb(text, options);
  const runs = parseRuns(text, format === undefined ? options : { ...options, format });
  return { runs, skipped: [] };
}
