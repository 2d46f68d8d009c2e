import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { disk, hashOf, makeFolder, removeLeftovers, saveJson } from "@deepgrain/support/files";
import { acquireLock } from "@deepgrain/support/files/lock";
import { fail } from "../errors";
import { withFiles } from "./files";

const LOCK = ".lock";
const MARK = "study.json";

/** The settings that make the runs of one folder comparable. */
export interface StudyMark {
  study: string;
  version: number;
  /** Plain data. */
  settings: unknown;
}

/** Reads the mark of a folder; undefined if it holds no study. */
async function readMark(path: string): Promise<StudyMark | undefined> {
  try {
    const { study, version, settings } = JSON.parse(await readFile(path, "utf8"));
    if (typeof study === "string" && typeof version === "number")
      return { study, version, settings };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  }
  return fail("ERR_FOLDER", `lab: ${path} is not a file of a study`, { path });
}

function assertSame(folder: string, old: StudyMark, mark: StudyMark): void {
  const isOther = (a: unknown, b: unknown) => hashOf(a, 64) !== hashOf(b, 64);
  if (!isOther(old, mark)) return;
  const [left, right] = [Object(old.settings), Object(mark.settings)];
  const differing = [
    ...(old.study === mark.study ? [] : [`study "${old.study}" instead of "${mark.study}"`]),
    ...(old.version === mark.version ? [] : [`version ${old.version} instead of ${mark.version}`]),
    ...Object.keys({ ...left, ...right }).filter((name) => isOther(left[name], right[name])),
  ];
  const message = `lab: ${folder} holds runs with other settings (${differing.join(", ") || "settings"}); choose another folder`;
  fail("ERR_CHANGED", message, { folder, differing });
}

async function claim(folder: string, mark: StudyMark): Promise<void> {
  const path = join(folder, MARK);
  const old = await readMark(path);
  if (old) {
    assertSame(folder, old, mark);
    await removeLeftovers(folder);
    for (const part of ["runs", "artifacts"])
      await removeLeftovers(join(folder, part), { isDeep: true }); // all in them is the study's
    return;
  }
  await removeLeftovers(folder, { of: (target) => target === MARK });
  const found = (await readdir(folder)).filter((name) => name !== LOCK);
  if (found.length === 0) return saveJson(path, mark);
  const message = `lab: ${folder} is not empty and holds no study (${found.slice(0, 3).join(", ")}); choose another folder`;
  fail("ERR_FOLDER", message, { folder, found });
}

/** Takes a folder for a study: makes it or sees that it belongs to the same study with the same settings, and locks it. */
export const lockFolder = (folder: string, mark: StudyMark) =>
  withFiles(async () => {
    const isNew = await makeFolder(folder);
    const lock = await acquireLock(join(folder, LOCK), { what: `study ${mark.study}` });
    try {
      await claim(folder, mark);
    } catch (error) {
      await lock.release();
      if (isNew) await disk.rmdir(folder).catch(() => undefined);
      throw error;
    }
    return { ...lock, assertHeld: () => withFiles(() => lock.assertHeld()) };
  });
