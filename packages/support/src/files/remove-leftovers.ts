import { disk } from "./disk";
import { exists } from "./exists";
import { nodeFiles } from "./node-modules";
import { parseOwnName } from "./own-names";
import { inFolder } from "./paths";
import { isRunning } from "./process-identity";

/** Options of {@link removeLeftovers}. */
export interface LeftoverOptions {
  /** Whether leftovers of the file or folder with this name are wanted. Default: of every one. */
  of?: (target: string) => boolean;
  /** Whether folders below are repaired too. Default false. */
  isDeep?: boolean;
}

/**
 * Repairs a folder after processes that were killed: deletes what they left half-written or half-deleted, and gives a
 * folder that was moved aside its name back where the successor did not come in. Touches only names of our own exact form
 * directly in the folder (and below with `isDeep`), and only those whose process is gone; a missing folder is left missing.
 *
 * @returns names of what was deleted, and of the folders that were put back
 */
export async function removeLeftovers(
  folder: string,
  { of = () => true, isDeep = false }: LeftoverOptions = {},
): Promise<{ deleted: string[]; restored: string[] }> {
  const { readdir } = nodeFiles();
  const [deleted, restored]: [string[], string[]] = [[], []];
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) {
    const own = parseOwnName(name);
    if (!own || !of(own.target) || isRunning(own.owner)) continue;
    const path = inFolder(folder, name);
    if (own.ending === "old" && !(await exists(inFolder(folder, own.target)))) {
      await disk.rename(path, inFolder(folder, own.target)).catch(() => undefined);
      restored.push(own.target);
      continue;
    }
    await disk.rmTree(path).catch(() => undefined); // another may be at it too
    deleted.push(name);
  }
  if (isDeep) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isDirectory())) {
      const below = await removeLeftovers(inFolder(folder, entry.name), { of, isDeep });
      deleted.push(...below.deleted);
      restored.push(...below.restored);
    }
  }
  return { deleted, restored };
}
