import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DatasetsError } from "./errors";
import { sources } from "./sources";

/** Options of every loader that reads an installed package. */
export interface LoadOptions {
  /** The package's folder; default: looked up from the working directory, then from this library. */
  from?: string | URL | undefined;
  /** Stops the reading: the iteration rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A package found by `require`, or by its folder if its `exports` hide `package.json`. */
function lookUp(name: string, root: string | URL): string | undefined {
  const require = createRequire(root);
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    const folders = require.resolve.paths(name) ?? [];
    return folders
      .map((folder) => join(folder, name))
      .find((folder) => existsSync(join(folder, "package.json")));
  }
}

const installLine = (name: string) =>
  sources.find((source) => source.package === name)?.install ?? `npm i ${name}`;

/**
 * Returns the folder of an installed package without loading any of its code.
 *
 * @param loader name of the calling loader, for messages
 * @param name the package's name in `node_modules`
 * @param from the folder itself, when the caller knows it
 * @returns an absolute path, or the path given
 * @throws {DatasetsError} `ERR_MISSING_PACKAGE` when it is not installed; the message and
 *   `fields.install` hold the command that installs it
 * @throws {DatasetsError} `ERR_MISSING_FILE` when `from` is not a folder
 */
export function packageFolder(loader: string, name: string, from?: string | URL): string {
  if (from !== undefined) {
    const folder = from instanceof URL ? fileURLToPath(from) : from;
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
    throw new DatasetsError("ERR_MISSING_FILE", `datasets/${loader}: no folder at ${folder}`, {
      fields: {
        path: folder,
      },
    });
  }
  const roots = [pathToFileURL(join(process.cwd(), "package.json")), import.meta.url];
  for (const root of roots) {
    const folder = lookUp(name, root);
    if (folder) return folder;
  }
  const install = installLine(name);
  throw new DatasetsError(
    "ERR_MISSING_PACKAGE",
    `datasets/${loader}: the package ${name} is not installed; run: ${install}`,
    { fields: { package: name, install } },
  );
}
