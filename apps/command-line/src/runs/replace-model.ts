import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { saveFolder, saveJson } from "@deepgrain/support/files";
import { refuseOthersRun } from "./claim-folder";
import { RUN_FILE, type RunRecord, readRunRecord } from "./run-record";

/** The path with symbolic links followed as far as it exists. */
async function followed(path: string): Promise<string> {
  if (existsSync(path)) return realpath(path);
  const parent = dirname(path);
  return parent === path ? path : join(await followed(parent), relative(parent, path));
}

/** Whether `inner` is `outer` or is inside it, symbolic links followed. */
async function contains(outer: string, inner: string): Promise<boolean> {
  const way = relative(await followed(outer), await followed(inner));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** A folder that a command replaces as a whole. */
export interface ReplacedFolder {
  out: string;
  overwrite: boolean;
  /** The command, for the folder's record. */
  command: string;
  /** Paths of the inputs, which must not be inside the folder. */
  inputs: readonly string[];
}

/**
 * Rejects replacing a folder unless it is missing, empty, or holds nothing but files that its run.json lists, written by
 * the same command, with `overwrite`.
 *
 * @throws {UsageError} naming the conflicting file, or the command; nothing has been changed
 */
export async function assertReplaceable({
  out,
  overwrite,
  command,
  inputs,
}: ReplacedFolder): Promise<void> {
  for (const input of inputs)
    if (await contains(out, input))
      throw new UsageError(`--out must be a folder of its own: ${out} contains the input ${input}`);
  if (!existsSync(out)) return;
  const entries = await readdir(out, { withFileTypes: true }).catch(() => {
    throw new UsageError(`--out must be a folder; ${out} is a file`);
  });
  if (entries.length === 0) return;
  const record = await readRunRecord(out);
  const listed = record?.files ?? [];
  const foreign = entries.find((entry) => !entry.isFile() || !listed.includes(entry.name));
  if (foreign !== undefined) {
    const kind = foreign.isDirectory() ? `the folder ${foreign.name}` : foreign.name;
    throw new UsageError(
      `--out would be replaced, but ${out} holds ${kind}, and no ${RUN_FILE} that lists it as a file; take another --out`,
    );
  }
  if (record) await refuseOthersRun(out, record, command);
  if (!overwrite)
    throw new UsageError(
      `${out} was written before; replace it with --overwrite, or take another --out`,
    );
}

/**
 * Writes a model folder that appears as a whole, with a record of its files: if the process is killed, the earlier one or
 * the new one remains. A symbolic link to a folder is kept, and its target replaced.
 *
 * @throws {UsageError} as {@link assertReplaceable}; {FilesError} `ERR_IO`; errors of `fill`
 */
export async function replaceModel(
  folder: ReplacedFolder,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  await assertReplaceable(folder);
  const { out, command } = folder;
  await saveFolder(await followed(out), async (path) => {
    await fill(path);
    const names = await readdir(path);
    const files = [...names, RUN_FILE].sort();
    const record: RunRecord = {
      version: 3,
      command,
      flags: {},
      settings: {},
      data: {},
      files,
      work: names,
      fresh: [],
    };
    await saveJson(join(path, RUN_FILE), record);
  });
}
