import { notJson } from "@deepgrain/support/json";
import { shortText } from "../config/field";
import { LmError } from "../errors";

/** True for an object that is not an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws {LmError} `ERR_FORMAT` unless the text is a JSON object */
export function parseJsonObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LmError("ERR_FORMAT", `lm/files: ${file}: ${notJson(text)}`, {
      fields: { file },
      cause,
    });
  }
  if (isObject(value)) return value;
  throw new LmError("ERR_FORMAT", `lm/files: ${file} must be a JSON object`, { fields: { file } });
}

/** An `ERR_FORMAT` that names file, key, wanted and found value. */
export function formatError(file: string, key: string, wanted: string, value: unknown): LmError {
  const message = `lm/files: ${file}: ${key} must be ${wanted}, got ${shortText(value)}`;
  return new LmError("ERR_FORMAT", message, { fields: { file, key, value } });
}
