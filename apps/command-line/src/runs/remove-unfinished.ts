import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeLeftovers } from "@deepgrain/support/files";

/**
 * Removes incomplete files of killed processes from one of our folders: directly in it, and at any depth in those of
 * its folders that are named. Other folders are not searched.
 */
export async function removeUnfinished(folder: string, parts: readonly string[]): Promise<void> {
  await removeLeftovers(folder);
  for (const part of parts) await repairTree(join(folder, part));
}

async function repairTree(folder: string): Promise<void> {
  await removeLeftovers(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await repairTree(join(folder, entry.name));
}
