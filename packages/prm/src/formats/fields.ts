import { PrmError } from "../errors";

/** The error for a malformed field: location, field, expected and actual value. */
export function fieldError(where: string, key: string, expected: string, value: unknown): PrmError {
  const fault =
    value === undefined
      ? `is missing: expected ${expected}`
      : `must be ${expected}, got ${JSON.stringify(value)?.slice(0, 80)}`;
  return new PrmError("ERR_FORMAT", `${where}: ${key} ${fault}`, {
    fields: { key, expected },
  });
}

/** Reads checked fields of a JSON object. @throws {PrmError} `ERR_FORMAT` that names the field */
export function fieldsOf(where: string, json: unknown) {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw fieldError(where, "the row", "an object", json);
  const row = json as Record<string, unknown>;
  const list = <T>(key: string, expected: string, isItem: (value: unknown) => boolean): T[] => {
    const value = row[key];
    if (Array.isArray(value) && value.every(isItem)) return value as T[];
    throw fieldError(where, key, `a list of ${expected}`, value);
  };
  return {
    text(key: string): string {
      const value = row[key];
      if (typeof value === "string") return value;
      throw fieldError(where, key, "text", value);
    },
    finite(key: string): number {
      const value = row[key];
      if (Number.isFinite(value)) return value as number;
      throw fieldError(where, key, "a number", value);
    },
    flag(key: string): boolean {
      const value = row[key];
      if (typeof value === "boolean") return value;
      throw fieldError(where, key, "true or false", value);
    },
    texts: (key: string) => list<string>(key, "texts", (v) => typeof v === "string"),
    list,
  };
}
