import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock, makeFolder, removeLeftovers } from "@deepgrain/files";
import { LabError } from "../errors";
import { canonicalJson, type StudyMark } from "./fingerprint";
import { saveJson, withFiles } from "./save-json";

const LOCK = ".lock";
const MARK = "study.json";

/** What the folder holds; undefined where no study was there. */
async function readMark(path: string): Promise<StudyMark | undefined> {
  try {
    const { study, version, settings } = JSON.parse(await readFile(path, "utf8"));
    if (typeof study === "string" && typeof version === "number")
      return { study, version, settings };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  }
  throw new LabError("ERR_FOLDER", `lab: ${path} is no file of a study`, { fields: { path } });
}

/** Names of the settings in which two differ. */
function differing(a: unknown, b: unknown): string[] {
  const [left, right] = [a, b]
    .map((value) => Object.entries(Object(value)))
    .map(Object.fromEntries);
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  const own = [...names].filter((name) => canonicalJson(left[name]) !== canonicalJson(right[name]));
  return own.length > 0 || canonicalJson(a) === canonicalJson(b) ? own : ["settings"];
}

function assertSame(folder: string, old: StudyMark, mark: StudyMark): void {
  const names = [
    ...(old.study === mark.study ? [] : [`study "${old.study}" instead of "${mark.study}"`]),
    ...(old.version === mark.version ? [] : [`version ${old.version} instead of ${mark.version}`]),
    ...differing(old.settings, mark.settings),
  ];
  if (names.length === 0) return;
  const message = `lab: ${folder} holds runs with other settings (${names.join(", ")}); choose another folder`;
  throw new LabError("ERR_CHANGED", message, { fields: { folder, differing: names } });
}

/** Removes what killed processes left half-written, at any depth of the folders that hold files of the study alone. */
async function repair(folder: string): Promise<void> {
  await removeLeftovers(folder);
  for (const part of ["runs", "artifacts"]) await repairTree(join(folder, part));
}

async function repairTree(folder: string): Promise<void> {
  await removeLeftovers(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await repairTree(join(folder, entry.name));
}

async function claim(folder: string, mark: StudyMark): Promise<void> {
  const path = join(folder, MARK);
  const old = await readMark(path);
  if (old) {
    assertSame(folder, old, mark);
    return repair(folder);
  }
  await removeLeftovers(folder, { of: (target) => target === MARK });
  const found = (await readdir(folder)).filter((name) => name !== LOCK);
  if (found.length === 0) return saveJson(path, mark);
  const message = `lab: ${folder} is not empty and holds no study (${found.slice(0, 3).join(", ")}); choose another folder`;
  throw new LabError("ERR_FOLDER", message, { fields: { folder, found } });
}

/** A folder that is locked for a study. */
export interface HeldFolder {
  /** @throws {LabError} `ERR_IO` when the folder was deleted or taken over meanwhile */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a folder for a study: makes it or sees that it belongs to the same study with the same settings, and locks it. What
 * killed processes left half-written in a folder of the study is removed.
 *
 * @throws {LabError} `ERR_LOCKED` while another process works in it; `ERR_CHANGED` for runs of another study or with other
 *   settings; `ERR_FOLDER` for a folder that holds something else; `ERR_IO`
 */
export const openFolder = (folder: string, mark: StudyMark): Promise<HeldFolder> =>
  withFiles(async () => {
    const isNew = await makeFolder(folder);
    const lock = await acquireLock(join(folder, LOCK), { what: `study ${mark.study}` });
    try {
      await claim(folder, mark);
    } catch (error) {
      await lock.release();
      if (isNew) await rmdir(folder).catch(() => undefined);
      throw error;
    }
    return { assertHeld: () => withFiles(() => lock.assertHeld()), release: () => lock.release() };
  });
