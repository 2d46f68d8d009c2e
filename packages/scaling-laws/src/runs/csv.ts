import { ScalingLawsError } from "../errors";

/** A record of a CSV file and the line it begins on, counted from 1. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

/**
 * Reads CSV as RFC 4180 describes it: cells may be quoted, quoted cells may hold commas, line ends and doubled quotes.
 * Blank lines are left out.
 *
 * @throws {ScalingLawsError} `ERR_FORMAT` with file and line for a quote that never closes or text after a closing quote
 */
export function parseCsv(text: string, file: string): CsvRecord[] {
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\n|\r|$)/y;
  const records: CsvRecord[] = [];
  let [line, start] = [1, 1];
  let cells: string[] = [];
  cell.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const match = cell.exec(text);
    if (!match)
      throw new ScalingLawsError(
        "ERR_FORMAT",
        `scaling-laws/parseRuns: ${file}, line ${line}: a quote is not closed, or stands inside an unquoted cell`,
        { fields: { file, line } },
      );
    const [, raw = "", end] = match;
    line += raw.match(/\r\n|\n|\r/g)?.length ?? 0;
    cells.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw.trim());
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") records.push({ line: start, cells });
    cells = [];
    line += 1;
    start = line;
    if (end === "") break;
  }
  return records;
}
