import { notJson } from "@deepgrain/support/json";
import { contentOf, DatasetsError, optionsOf, refuseUnknown } from "../errors";
import { textOf } from "./text-of";

/** Options of the JSON Lines parsers. */
export interface JsonlOptions<T> {
  /** Converts a parsed value to a record, or throws; default: the value itself. */
  check?: ((value: unknown, line: number) => T) | undefined;
}

/** Reads one line; `line` counts from 1. Its errors name the line. */
export function parseJsonLine<T>(
  text: string,
  line: number,
  check: JsonlOptions<T>["check"] = (value) => value as T,
): T {
  const refuse = (fault: string, cause: unknown): never => {
    throw new DatasetsError("ERR_FORMAT", `datasets/parseJsonl: ${fault}`, {
      fields: { line },
      cause,
    });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    refuse(notJson(text, line), cause);
  }
  try {
    return check(value, line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return refuse(`line ${line}: ${reason}`, cause);
  }
}

/**
 * Returns the records of JSON Lines text: one JSON value per line, lines end in LF or CR LF, lines of white space are
 * skipped.
 *
 * @param input text, or UTF-8 bytes
 * @param options.check converts each value to a record, or throws
 * @throws {DatasetsError} `ERR_FORMAT` with `fields.line` (from 1) on a line that is not JSON or that `check` rejects
 */
export function parseJsonl<T = unknown>(
  input: string | Uint8Array,
  options: JsonlOptions<T> = {},
): T[] {
  const { check, ...rest } = optionsOf("parseJsonl", options);
  refuseUnknown("parseJsonl", rest);
  contentOf("parseJsonl", "input", input);
  const records: T[] = [];
  for (const [i, text] of textOf(input).split("\n").entries())
    if (text.trim() !== "") records.push(parseJsonLine(text, i + 1, check));
  return records;
}
