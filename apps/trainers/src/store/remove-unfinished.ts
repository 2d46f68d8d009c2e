import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeLeftovers } from "@deepgrain/files";

/**
 * Repairs what killed processes left half-written in a folder of ours: directly in it, and at any depth in those of its
 * folders that are named. Other folders are not looked into.
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
