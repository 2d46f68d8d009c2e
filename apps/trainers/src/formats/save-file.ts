import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a text file that appears whole or not at all: it is written and synced under another name first. Its folder is
 * made when missing.
 */
export async function saveFile(path: string, text: string | Iterable<string>): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(unfinished, "w");
    try {
      for (const chunk of typeof text === "string" ? [text] : text) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Writes a value as indented JSON, whole or not at all. */
export const saveJson = (path: string, value: unknown): Promise<void> =>
  saveFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
