import { readFile, stat } from "node:fs/promises";
import { FormatError } from "@deepgrain/studies/shared/read-json";

/** Bytes of a graph's text, which is read whole. */
const MOST_BYTES = 2 ** 28;

/** Refuses a text that is too large to be read whole. @throws {FormatError} for more than 256 MiB; what looking throws */
export async function assertTextSize(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size > MOST_BYTES)
    throw new FormatError(`${path}: ${size} bytes, at most ${MOST_BYTES} are read`);
}

/** The text of a graph file. @throws {FormatError} for more than 256 MiB; what reading throws */
export async function readGraphText(path: string): Promise<string> {
  await assertTextSize(path);
  return readFile(path, "utf8");
}
