import { notJson } from "@deepgrain/support/json";
import { EsftError } from "../errors";

/** True for an object that is not an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws {EsftError} `ERR_FORMAT` unless the text is a JSON object */
export function parseJsonObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EsftError("ERR_FORMAT", `esft/files: ${file}: ${notJson(text)}`, {
      fields: { file },
      cause,
    });
  }
  if (isObject(value)) return value;
  throw new EsftError("ERR_FORMAT", `esft/files: ${file} must be a JSON object`, {
    fields: { file },
  });
}

/** A value as JSON, at most 80 characters of it; only the type for one that is nested too deeply for JSON. */
export function shortText(value: unknown): string {
  let shown: string;
  try {
    shown = JSON.stringify(value) ?? "nothing";
  } catch {
    shown = "a value nested too deep";
  }
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}

/** An `ERR_FORMAT` that names file, key, wanted and found value. */
export function formatError(file: string, key: string, wanted: string, value: unknown): EsftError {
  const fault =
    value === undefined
      ? `is missing: expected ${wanted}`
      : `must be ${wanted}, got ${shortText(value)}`;
  return new EsftError("ERR_FORMAT", `esft/files: ${file}: ${key} ${fault}`, {
    fields: { file, key, value },
  });
}

/** A block or expert number from a JSON key. @throws {EsftError} `ERR_FORMAT` unless it is an integer */
export function numberKey(file: string, parent: string, key: string): number {
  if (/^(0|[1-9]\d*)$/.test(key)) return Number(key);
  throw formatError(file, `the key of ${parent}`, "an integer", key);
}
