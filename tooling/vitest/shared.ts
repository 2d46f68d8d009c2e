/**
 * @file Finds the folder of third-party data and golden files that the tests compare with.
 * It lies beside the repository as `../shared`, or where `DEEPGRAIN_SHARED` points.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const beside = fileURLToPath(new URL("../../../shared", import.meta.url));

/** The folder, or `undefined` (with one clear line on stderr) when it is not there. */
export const sharedFolder: string | undefined = (() => {
  const folder = process.env.DEEPGRAIN_SHARED ?? beside;
  if (existsSync(join(folder, "golden"))) return folder;
  process.stderr.write(
    `No shared data at ${folder}: tests against golden files are skipped. Set DEEPGRAIN_SHARED to run them.\n`,
  );
  return undefined;
})();

/** True where the shared folder is missing: pass it to `describe.skipIf`. */
export const sharedIsMissing = sharedFolder === undefined;

/**
 * The path of one shared file, for example `shared("golden/ops.json")`.
 * @throws {Error} when the shared folder is missing: guard the suite with `sharedIsMissing`
 */
export function shared(path: string): string {
  if (!sharedFolder) throw new Error(`${path} is needed, but there is no shared folder`);
  return join(sharedFolder, path);
}
