import { LmError } from "../errors";

/** True for an object that is no array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws {LmError} `ERR_FORMAT` unless the text is a JSON object */
export function parseJsonObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LmError("ERR_FORMAT", `lm/files: ${file} must be JSON: ${cause}`, { file, cause });
  }
  if (isObject(value)) return value;
  throw new LmError("ERR_FORMAT", `lm/files: ${file} must be a JSON object`, { file });
}

/** An `ERR_FORMAT` that names file, key, wanted and found value. */
export function formatError(file: string, key: string, wanted: string, value: unknown): LmError {
  const shown = JSON.stringify(value) ?? "nothing";
  const short = shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
  const message = `lm/files: ${file}: ${key} must be ${wanted}, got ${short}`;
  return new LmError("ERR_FORMAT", message, { file, key, value });
}
