/** @file Rows of JSON lines, with errors that name file, row and key. */
import type { ChatMessage } from "@deepgrain/lm";
import { AlignError } from "../errors";

/** Where a record comes from. */
export interface Place {
  file: string;
  /** Line of the file, counted from 1. */
  row: number;
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
    `align/data: ${file}: row ${row}: ${key} must be ${wanted}, got ${shown}`,
    { fields: { file, row, key } },
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Parses JSON lines one by one; empty lines are skipped.
 * @throws {AlignError} `ERR_FORMAT` naming file and row; `ERR_MISSING` without any row
 */
export function parseRows<T>(
  text: string,
  file: string,
  parse: (json: Record<string, unknown>, place: Place) => T,
): T[] {
  const records: T[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = { file, row: index + 1 };
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      throw rowError(place, "the row", "a JSON object", line);
    }
    if (!isObject(json)) throw rowError(place, "the row", "a JSON object", json);
    records.push(parse(json, place));
  }
  if (records.length > 0) return records;
  throw new AlignError("ERR_MISSING", `align/data: ${file} must hold at least one row, got none`, {
    fields: { file },
  });
}

/** The turns of a conversation. @throws {AlignError} `ERR_FORMAT` naming the key */
export function messagesOf(value: unknown, place: Place, key: string): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0)
    throw rowError(place, key, "a list of at least one turn", value);
  return value.map((turn: unknown, i) => {
    if (!isObject(turn))
      throw rowError(place, `${key}[${i}]`, "an object with role and content", turn);
    if (typeof turn.role !== "string")
      throw rowError(place, `${key}[${i}].role`, "text", turn.role);
    if (typeof turn.content !== "string")
      throw rowError(place, `${key}[${i}].content`, "text", turn.content);
    return turn as ChatMessage;
  });
}
