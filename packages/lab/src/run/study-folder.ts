import { createHash } from "node:crypto";
import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock, makeFolder, removeLeftovers } from "@deepgrain/files";
import { LabError } from "../errors";
import { saveJson, withFiles } from "./save-json";

const LOCK = ".lock";
const MARK = "study.json";

/** What makes the runs of one folder comparable. */
export interface StudyMark {
  study: string;
  version: number;
  /** Plain data. */
  settings: unknown;
}

const sorted = (_: string, item: unknown): unknown =>
  typeof item === "object" && item !== null && !Array.isArray(item)
    ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
    : item;

/** JSON that does not depend on the order of fields. */
const canonicalJson = (value: unknown): string => JSON.stringify(value, sorted) ?? "null";

/** The beginning of a hash of plain data, in hexadecimal digits; the order of fields does not matter. */
export const hashOf = (value: unknown, digits: number): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, digits);

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

function assertSame(folder: string, old: StudyMark, mark: StudyMark): void {
  const [left, right] = [Object(old.settings), Object(mark.settings)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const isOther = (a: unknown, b: unknown) => canonicalJson(a) !== canonicalJson(b);
  const differing = [
    ...(old.study === mark.study ? [] : [`study "${old.study}" instead of "${mark.study}"`]),
    ...(old.version === mark.version ? [] : [`version ${old.version} instead of ${mark.version}`]),
    ...names.filter((name) => isOther(left[name], right[name])),
  ];
  if (differing.length === 0 && !isOther(old, mark)) return;
  const message = `lab: ${folder} holds runs with other settings (${differing.join(", ") || "settings"}); choose another folder`;
  throw new LabError("ERR_CHANGED", message, { fields: { folder, differing } });
}

/** Removes what killed processes left half-written, at any depth. */
async function repair(folder: string): Promise<void> {
  await removeLeftovers(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await repair(join(folder, entry.name));
}

async function claim(folder: string, mark: StudyMark): Promise<void> {
  const path = join(folder, MARK);
  const old = await readMark(path);
  if (old) {
    assertSame(folder, old, mark);
    await removeLeftovers(folder);
    for (const part of ["runs", "artifacts"]) await repair(join(folder, part)); // all in them is the study's
    return;
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

/** Takes a folder for a study: makes it or sees that it belongs to the same study with the same settings, and locks it. */
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
