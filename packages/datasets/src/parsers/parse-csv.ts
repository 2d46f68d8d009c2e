import Papa from "papaparse";
import { contentOf, DatasetsError, optionsOf, refuseUnknown } from "../errors";
import { readableQuotes } from "./readable-quotes";
import { textOf } from "./text-of";

/** Options of {@link parseCsv} and {@link parseTsv}. */
export interface TableOptions<Column extends string> {
  /** Names of the columns, for a table without a header; default: the first row names them. */
  columns?: readonly Column[] | undefined;
}

/** Options of {@link parseCsv}. */
export interface CsvOptions<Column extends string> extends TableOptions<Column> {
  /** One character; default: a comma. */
  delimiter?: string | undefined;
}

const OPTIONS: readonly (keyof CsvOptions<string>)[] = ["columns", "delimiter"];

interface Dialect {
  caller: string;
  delimiter: string;
  isQuoted: boolean;
}

const formatError = (caller: string, row: number, reason: string) =>
  new DatasetsError("ERR_FORMAT", `datasets/${caller}: row ${row}: ${reason}`, { fields: { row } });

/** Rows of fields; rows count from 1, empty lines not counted. */
function rowsOf(input: string | Uint8Array, { caller, delimiter, isQuoted }: Dialect): string[][] {
  const whole = textOf(input);
  const { text, newline } = isQuoted ? readableQuotes(whole, delimiter) : { text: whole };
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    newline,
    skipEmptyLines: true,
    fastMode: !isQuoted,
  });
  const [first] = errors;
  if (first) throw formatError(caller, (first.row ?? 0) + 1, first.message);
  return data;
}

function records<Column extends string>(
  input: string | Uint8Array,
  dialect: Dialect,
  columns: readonly Column[] | undefined,
): Record<Column, string>[] {
  const rows = rowsOf(input, dialect);
  const names = columns ?? (rows[0] as Column[] | undefined) ?? [];
  if (new Set(names).size !== names.length)
    throw formatError(dialect.caller, 1, `two columns of the same name: ${names.join(", ")}`);
  const skipped = columns ? 0 : 1;
  return rows.slice(skipped).map((row, i) => {
    if (row.length !== names.length)
      throw formatError(
        dialect.caller,
        i + 1 + skipped,
        `expected ${names.length} fields, got ${row.length}`,
      );
    return Object.fromEntries(names.map((name, c) => [name, row[c]!])) as Record<Column, string>;
  });
}

/**
 * Returns the rows of comma-separated values as objects of strings. Fields may be quoted (`"a, b"`,
 * `""` for a quote, line breaks inside); lines end in LF or CR LF; empty lines are skipped.
 *
 * @param input text, or UTF-8 bytes
 * @param options.columns names of the columns, where the table has no header
 * @param options.delimiter one character, default a comma
 * @throws {DatasetsError} `ERR_FORMAT` with `fields.row` (from 1, empty lines not counted) on a malformed quote, a row
 *   of another length, or two columns of the same name; `ERR_RANGE` when `delimiter` is not one character, or is a
 *   quote or a line break
 * @see RFC 4180
 */
export function parseCsv<Column extends string = string>(
  input: string | Uint8Array,
  options: CsvOptions<Column> = {},
): Record<Column, string>[] {
  const { delimiter = ",", columns, ...rest } = optionsOf("parseCsv", options);
  refuseUnknown("parseCsv", rest, OPTIONS);
  contentOf("parseCsv", "input", input);
  if (delimiter.length !== 1 || '"\r\n\uFEFF'.includes(delimiter))
    throw new DatasetsError(
      "ERR_RANGE",
      `datasets/parseCsv: delimiter must be one character, no quote or line break, got ${JSON.stringify(delimiter)}`,
      { fields: { delimiter } },
    );
  return records(input, { caller: "parseCsv", delimiter, isQuoted: true }, columns);
}

/**
 * Returns the rows of tab-separated values as objects of strings. Quotes have no special meaning: a field is the text
 * between two tabs. Empty lines are skipped.
 *
 * @param input text, or UTF-8 bytes
 * @param options.columns names of the columns, where the table has no header
 * @throws {DatasetsError} `ERR_FORMAT` with `fields.row` (from 1, empty lines not counted) on a row
 *   of another length, or two columns of the same name
 * @see IANA media type text/tab-separated-values
 */
export function parseTsv<Column extends string = string>(
  input: string | Uint8Array,
  options: TableOptions<Column> = {},
): Record<Column, string>[] {
  const { columns, ...rest } = optionsOf("parseTsv", options);
  refuseUnknown("parseTsv", rest);
  contentOf("parseTsv", "input", input);
  return records(input, { caller: "parseTsv", delimiter: "\t", isQuoted: false }, columns);
}
