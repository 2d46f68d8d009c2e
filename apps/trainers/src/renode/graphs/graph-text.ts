import { readFile, stat } from "node:fs/promises";
import { FormatError } from "@deepgrain/studies/shared/read-json";

/** Bytes of a graph's text, which is read whole. */
const MOST_BYTES = 2 ** 28;

/** The text of a graph file. @throws {FormatError} for more than 256 MiB; what reading throws */
export async function readGraphText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size <= MOST_BYTES) return readFile(path, "utf8");
  throw new FormatError(`${path}: ${size} bytes, at most ${MOST_BYTES} are read`);
}
