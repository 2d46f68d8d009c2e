import Papa from "papaparse";
import { flattenRecord } from "./flatten-record";
import type { MetricsRecord } from "./metrics-log";

/** Texts that a spreadsheet computes as formulas; in papaparse's own pattern they have no line break. */
const formulas = /^[=+\-@\t\r\n]/;

/**
 * Records as CSV: a column per field, in the order of appearance; those of objects have dotted names, lists are JSON, and a field
 * that a record does not have is empty. A text that a spreadsheet would compute as a formula begins with an apostrophe.
 */
export function metricsCsv(records: readonly MetricsRecord[]): string {
  const rows = records.map((record) => Object.fromEntries(flattenRecord(record)));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return "";
  return `${Papa.unparse(rows, { columns, newline: "\n", escapeFormulae: formulas })}\n`;
}
