import { notJson } from "@deepgrain/support/json";
import { iterableOf, PrmError } from "../errors";
import { textLines } from "./text-lines";

/** Events of reading a file of JSON lines: rows and rejected rows as they are read, and their counts at the end. */
export type RowEvent<T> =
  | { readonly type: "row"; readonly line: number; readonly value: T }
  | { readonly type: "row-reject"; readonly line: number; readonly error: PrmError }
  | { readonly type: "rows-end"; readonly rows: number; readonly rejected: number };

/** The row's error with its line before the problem. */
const atLine = (line: number, { code, problem, fields, cause }: PrmError) =>
  new PrmError(code, `readRows: line ${line}: ${problem}`, { fields: { ...fields, line }, cause });

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `readRows: ${notJson(text, line)}`;
    throw new PrmError("ERR_FORMAT", message, { fields: { line }, cause });
  }
}

/**
 * Reads JSON lines one by one; blank lines are skipped. A malformed row is reported with its line number and counted,
 * and reading continues.
 *
 * @param pieces of the file, such as `createReadStream(path)`, or a list of texts
 * @param parse converts a line's JSON to a row; throws `PrmError` for a malformed one, as the parsers of this package do
 */
export async function* readRows<T>(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  parse: (json: unknown) => T,
): AsyncGenerator<RowEvent<T>, void> {
  iterableOf("readRows", "pieces", pieces);
  let [line, rows, rejected] = [0, 0, 0];
  for await (const text of textLines(pieces)) {
    line++;
    if (text.trim() === "") continue;
    try {
      const value = parse(parseJson(text, line));
      rows++;
      yield { type: "row", line, value };
    } catch (error) {
      if (!PrmError.isInstance(error)) throw error;
      rejected++;
      const isPlaced = "line" in error.fields;
      yield { type: "row-reject", line, error: isPlaced ? error : atLine(line, error) };
    }
  }
  yield { type: "rows-end", rows, rejected };
}

/** A row as a line of JSON, with its line break. */
export const formatRow = (row: unknown): string => `${JSON.stringify(row)}\n`;
