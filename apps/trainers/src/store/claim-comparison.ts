import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ZodType } from "zod";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { saveJson } from "../formats/save-file";
import { differences } from "./differences";
import { type Fingerprint, fingerprintsSchema } from "./fingerprint";
import { LOCK_FILE } from "./locks";
import { removeUnfinished } from "./remove-unfinished";

/** What is to be compared. */
export interface Claim<Settings> {
  settings: Settings;
  schema: ZodType<Settings>;
  /** Fingerprints of what is read, by name; asked for when the folder is fit for use otherwise. */
  readData(): Promise<Record<string, Fingerprint>>;
  /** Folders inside that hold results. */
  parts: readonly string[];
}

/**
 * Makes a folder that of a comparison, or sees that it is: its settings.json and data.json say of which. Then deletes what
 * killed processes left half-written in it. Call it with the folder locked.
 *
 * @throws {UsageError} for a folder with anything else in it, or with other settings or data, naming each with its old and
 *   its new value; nothing in it was touched then
 */
export async function claimComparison<Settings extends object>(
  folder: string,
  { settings, schema, readData, parts }: Claim<Settings>,
): Promise<void> {
  const files = { settings: join(folder, "settings.json"), data: join(folder, "data.json") };
  const isOurs = existsSync(files.settings);
  if (!isOurs) await refuseForeign(folder);
  const refuse = (what: string, differing: readonly string[]) => {
    if (differing.length > 0)
      throw new UsageError(
        `${folder} holds a comparison with other ${what} (${differing.join("; ")}); take another --out`,
      );
  };
  if (isOurs) refuse("settings", differences(await readJson(files.settings, schema), settings));
  const data = await readData();
  const isRead = existsSync(files.data);
  if (isRead) refuse("data", differences(await readJson(files.data, fingerprintsSchema), data));
  await removeUnfinished(folder, parts);
  if (!isOurs) await saveJson(files.settings, settings);
  if (!isRead) await saveJson(files.data, data);
}

async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder);
  const foreign = names.find((name) => !name.startsWith(LOCK_FILE) && !isUnfinished(name));
  if (foreign !== undefined)
    throw new UsageError(
      `--out must be a new or empty folder, or that of a comparison; ${folder} holds ${foreign} and no settings.json`,
    );
}

/** Left by a process that was killed while it wrote the first file. */
const isUnfinished = (name: string) => /^settings\.json\.\d+-\d+-[0-9a-f-]{36}\.tmp$/.test(name);
