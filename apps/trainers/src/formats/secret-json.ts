import { readFile } from "node:fs/promises";
import type { ZodType } from "zod";
import { checkForm, FormatError } from "./read-json";

/**
 * Reads a JSON file that may hold keys. Unlike the parser's own, its errors quote nothing of the file.
 * @throws {FormatError} when it is not JSON or not of the form; what reading throws
 */
export async function readSecretJson<T>(path: string, schema: ZodType<T>): Promise<T> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormatError(`${path}: not JSON`);
  }
  return checkForm(value, schema, path);
}
