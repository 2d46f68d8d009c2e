import { oneOf, optionsOf, refuseUnknown, textOf } from "../errors";
import { type ParseRunsOptions, parseRuns } from "./parse-runs";
import { importWandb, type WandbImport } from "./wandb";

/** How a table of any form is read. */
export interface ImportRunsOptions extends Omit<ParseRunsOptions, "format"> {
  /** Default: what the text begins with. */
  format?: "csv" | "jsonl" | "wandb" | undefined;
}

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
export function importRuns(text: string, options: ImportRunsOptions = {}): WandbImport {
  const { format, file, columns, unit, ...rest } = optionsOf("importRuns", options);
  refuseUnknown("importRuns", rest);
  if (format !== undefined) oneOf("importRuns", "format", format, ["csv", "jsonl", "wandb"]);
  if (unit !== undefined) oneOf("importRuns", "unit", unit, ["loss", "bpb"]);
  textOf("importRuns", "text", text);
  if (format === "wandb" || (format === undefined && isWandbExport(text)))
    return importWandb(text, { file, columns, unit });
  const runs = parseRuns(text, { format, file, columns, unit });
  return { runs, skipped: [] };
}
