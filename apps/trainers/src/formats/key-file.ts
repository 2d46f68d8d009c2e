import { readFile } from "node:fs/promises";
import { createKeyRing, type KeyRing } from "@deepgrain/watermark";
import { FormatError } from "./read-json";

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
  return createKeyRing(current, retired);
}
