import Papa from "papaparse";
import { flattenRecord } from "./flatten-record";
import type { MetricsRecord } from "./metrics-log";

/**
 * Records as CSV: a column per field, in the order of appearance; those of objects have dotted names, lists are JSON, and a field
 * that a record does not have is empty.
 */
export function metricsCsv(records: readonly MetricsRecord[]): string {
  const rows = records.map((record) => Object.fromEntries(flattenRecord(record)));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return "";
  return `${Papa.unparse(rows, { columns, newline: "\n" })}\n`;
}
