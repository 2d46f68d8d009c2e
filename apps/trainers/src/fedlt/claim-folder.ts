import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "@deepgrain/support/files";
import { z } from "zod";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { saveJson } from "../formats/save-file";
import { differences } from "../store/differences";

/**
 * Makes a folder the folder of a run, or checks that it is one.
 * @throws {UsageError} when it holds a run with other settings, naming each with its old and its new value
 */
export async function claimFolder(out: string, settings: object): Promise<void> {
  await makeFolder(out);
  const path = join(out, "run.json");
  if (!existsSync(path)) return saveJson(path, settings);
  const old = await readJson(path, z.looseObject({}));
  const found = differences(old, JSON.parse(JSON.stringify(settings)));
  if (found.length > 0)
    throw new UsageError(
      `${out} holds a run with other settings (${found.join("; ")}); take another --out`,
    );
}
