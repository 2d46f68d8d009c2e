/** @file Rows of JSON lines, with errors that name file, row and key. */
import { notJson } from "@deepgrain/support/json";
import { AlignError, contentOf, optionsOf, refuseUnknown } from "../errors";

/** Where a record comes from. */
export interface Place {
  file: string;
  /** Line of the file, counted from 1. */
  row: number;
}

/** Options of the parsers of data. */
export interface ParseOptions {
  /** Name of the file for errors. */
  file?: string | undefined;
  /** Called for each malformed row, which is then left out. Without it, the first one is thrown. */
  onBadRow?: ((error: AlignError) => void) | undefined;
}

/** An error with the location, the expected and the actual value. */
export function rowError(
  { file, row }: Place,
  key: string,
  wanted: string,
  value: unknown,
): AlignError {
  const shown = JSON.stringify(value)?.slice(0, 60) ?? "nothing";
  return new AlignError(
    "ERR_FORMAT",
    `align/data: ${file}: line ${row}: ${key} must be ${wanted}, got ${shown}`,
    { fields: { file, row, key } },
  );
}

/** Whether a value is an object with keys. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lineFeed = 10;

/** The lines of a file: text, or the bytes of each without its line feed; a byte-order mark is left out. */
function* linesOf(source: string | Uint8Array): Generator<string | Uint8Array> {
  if (typeof source === "string") {
    yield* source.replace(/^\uFEFF/, "").split("\n");
    return;
  }
  let from = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
  while (from <= source.length) {
    const end = source.indexOf(lineFeed, from);
    yield source.subarray(from, end < 0 ? source.length : end);
    if (end < 0) return;
    from = end + 1;
  }
}

/** The path to the first text in a value for which `isBad` holds, such as `messages[1].content`. */
function pathTo(value: unknown, isBad: (text: string) => boolean, path = ""): string | undefined {
  if (typeof value === "string") return isBad(value) ? path : undefined;
  if (Array.isArray(value)) {
    for (const [i, each] of value.entries()) {
      const found = pathTo(each, isBad, `${path}[${i}]`);
      if (found !== undefined) return found;
    }
  } else if (isObject(value)) {
    for (const [key, each] of Object.entries(value)) {
      const own = path === "" ? key : `${path}.${key}`;
      const found = isBad(key) ? own : pathTo(each, isBad, own);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function parseJson(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Too deeply nested rows end V8's parser with a RangeError.
    if (!(cause instanceof SyntaxError))
      throw rowError(place, "the row", "less deeply nested", text);
    const { file, row } = place;
    const fields = { file, row, key: "the row" };
    const message = `align/data: ${file}: ${notJson(text, row)}`;
    throw new AlignError("ERR_FORMAT", message, { fields, cause });
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** @throws {AlignError} `ERR_FORMAT` naming the key whose text is no UTF-8 */
function decoded(line: string | Uint8Array, place: Place): string {
  if (typeof line === "string") return line;
  try {
    return strict.decode(line);
  } catch {
    const text = lenient.decode(line);
    let key: string | undefined;
    try {
      key = pathTo(JSON.parse(text), (each) => each.includes("\uFFFD"));
    } catch {
      // The row is no JSON either; it is named as a whole.
    }
    throw rowError(place, key ?? "the row", "UTF-8 text", text);
  }
}

const hasLoneSurrogate = (text: string) => /\p{Surrogate}/u.test(text);

function rowOf(line: string, place: Place): Record<string, unknown> {
  const json = parseJson(line, place);
  if (!isObject(json)) throw rowError(place, "the row", "a JSON object", json);
  const damaged = /[\uD800-\uDFFF]|\\ud[89a-f]/i.test(line)
    ? pathTo(json, hasLoneSurrogate)
    : undefined;
  if (damaged === undefined) return json;
  throw rowError(place, damaged, "text without lone surrogates", line);
}

/**
 * Parses JSON lines one by one; empty lines are skipped, a byte-order mark is accepted.
 *
 * @param source text, or the bytes of a file in UTF-8: only in bytes can damaged characters be told from U+FFFD
 * @throws {AlignError} `ERR_FORMAT` naming file, row and key, also for text that is no UTF-8 or holds lone surrogates;
 *   `ERR_MISSING` without any good row
 */
export function parseRows<T>(
  { where, file: defaultFile }: { where: string; file: string },
  source: string | Uint8Array,
  options: ParseOptions,
  parse: (json: Record<string, unknown>, place: Place) => T,
): T[] {
  const { file = defaultFile, onBadRow, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  contentOf(where, "source", source);
  const records: T[] = [];
  let row = 0;
  for (const bytes of linesOf(source)) {
    const place = { file, row: ++row };
    try {
      const line = decoded(bytes, place);
      if (line.trim() !== "") records.push(parse(rowOf(line, place), place));
    } catch (error) {
      if (!onBadRow || !AlignError.isInstance(error)) throw error;
      onBadRow(error);
    }
  }
  if (records.length > 0) return records;
  throw new AlignError("ERR_MISSING", `align/data: ${file} must hold at least one row, got none`, {
    fields: { file },
  });
}
