import { readdir, realpath } from "node:fs/promises";
import { basename, join, relative } from "node:path";

/** A folder with measurements, or with a study. */
export interface FoundRun {
  /** For people: its path from the given folder on; its whole path where two would have one name. */
  name: string;
  /** The given folder, links followed. */
  root: string;
  /** Its folder, in `root`. */
  path: string;
  /** A training has `metrics.jsonl`, a study `study.json`. */
  kind: "training" | "study";
}

/** Folders below a given one in which runs are looked for. */
const DEPTH = 4;

/** Folders that are looked at, at most. */
const MOST_FOLDERS = 5000;

/** Folders of runs that hold their files, and no runs. */
const parts = new Set(["checkpoints", "artifacts", "results", "node_modules", ".git"]);

const kinds = [
  ["metrics.jsonl", "training"],
  ["study.json", "study"],
] as const;

/**
 * Finds the runs in folders and below them. Links are not followed, but for the given folders themselves; a folder that is missing
 * holds none.
 * @returns them in the order of their names
 */
export async function findRuns(folders: readonly string[]): Promise<FoundRun[]> {
  const found: FoundRun[] = [];
  let left = MOST_FOLDERS;
  async function look(root: string, path: string, depth: number): Promise<void> {
    if (left-- <= 0) return;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const isFile = (name: string) => entries.some((entry) => entry.name === name && entry.isFile());
    const kind = kinds.find(([name]) => isFile(name))?.[1];
    const name = folders.length > 1 || path === root ? basename(root) : "";
    if (kind) found.push({ name: join(name, relative(root, path)), root, path, kind });
    if (depth === 0 || kind === "study") return; // a study's runs are files, its folders hold nothing else
    const inner = entries.filter((entry) => entry.isDirectory() && !parts.has(entry.name));
    for (const entry of inner.sort((a, b) => (a.name < b.name ? -1 : 1)))
      await look(root, join(path, entry.name), depth - 1);
  }
  for (const folder of folders) {
    const root = await realpath(folder).catch(() => undefined);
    if (root !== undefined) await look(root, root, DEPTH);
  }
  const byPath = new Map(found.map((run) => [run.path, run])); // of folders that contain each other
  const runs = [...byPath.values()];
  const isShared = ({ name }: FoundRun) => runs.filter((run) => run.name === name).length > 1;
  return runs.map((run) => (isShared(run) ? { ...run, name: run.path } : run));
}
