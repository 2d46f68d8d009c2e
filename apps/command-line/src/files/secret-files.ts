import { readFile } from "node:fs/promises";
import { checkForm, FormatError } from "@deepgrain/studies/shared/read-json";
import { notJson } from "@deepgrain/support/json";
import {
  createKeyRing,
  type KeyRing,
  type Profile,
  readProfile,
  WatermarkError,
  type WatermarkErrorCode,
} from "@deepgrain/watermark";
import { type ZodType, z } from "zod";

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
    throw new FormatError(`${path}: ${notJson(text)}`);
  }
  return checkForm(value, schema, path);
}

/** Puts the file before what is wrong with its content. */
function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!WatermarkError.isInstance(error)) throw error;
    const { code, message: whole, problem, fields } = error;
    const message = `${whole.slice(0, -problem.length)}${path}: ${problem}`;
    throw new WatermarkError(code as WatermarkErrorCode, message, { fields, cause: error });
  }
}

/** The profile in a file. @throws {FormatError} as `readSecretJson`, {WatermarkError} as `readProfile` */
export const readProfileFile = async (path: string, vocabSize?: number): Promise<Profile> => {
  const json = await readSecretJson(path, z.record(z.string(), z.unknown()));
  return inFile(path, () => readProfile(json, vocabSize));
};

/**
 * Reads a key file: a key in hexadecimal digits on a line, the current one first, retired ones after it. Blank lines
 * and text after `#` are ignored. No error quotes the file.
 * @throws {FormatError} when there is no key in it
 * @throws {WatermarkError} `ERR_KEY` when a key is shorter than 16 bytes, not hexadecimal, or there twice
 */
export async function readKeyRing(path: string): Promise<KeyRing> {
  const lines = (await readFile(path, "utf8"))
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  const [current, ...retired] = lines;
  if (current === undefined)
    throw new FormatError(`${path}: no key; at least 32 hexadecimal digits are needed`);
  return inFile(path, () => createKeyRing(current, retired));
}
