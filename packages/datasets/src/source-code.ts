import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatasetsError, optionsOf, refuseUnknown, textOf } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import { readBytes, readJson, unreadable } from "./read-bytes";
import { sourceLanguages } from "./source-languages";

/** One file of source code. */
export interface SourceFile {
  /** Name and version of the package as its manifest states them. */
  readonly package: string;
  readonly version: string;
  /** The manifest's licence, or "UNKNOWN". */
  readonly licence: string;
  /** Path inside the package, with forward slashes: "src/internal/Observable.ts". */
  readonly path: string;
  /** "ts", "py", "d.ts", … */
  readonly extension: string;
  /** "typescript", "python", …; the extension itself if the language is unknown. */
  readonly language: string;
  readonly text: string;
}

/** Options of {@link sourceCode}. */
export interface SourceCodeOptions extends LoadOptions {
  /** Extensions without the dot; default: those of `sourceLanguages`. */
  extensions?: readonly string[] | undefined;
  /** Only this folder of the package, "src"; default: all. */
  under?: string | undefined;
}

/** Names that npm allows, so that a name cannot lead out of `node_modules`. */
const packageName = /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/;
const doubleExtension = /\.(d\.[mc]?ts|min\.[mc]?js)$/;

const extensionOf = (name: string) =>
  doubleExtension.exec(name)?.[1] ?? /[^./]\.([^.]+)$/.exec(name)?.[1] ?? "";

/** Paths below a folder, sorted by code unit at each level; links and nested packages left out. */
async function* walk(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((cause) => {
    throw unreadable("sourceCode", join(root, folder), cause);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && entry.name !== "node_modules") yield* walk(root, path);
  }
}

/** The text, or nothing if the bytes are not UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

const OPTIONS: readonly (keyof SourceCodeOptions)[] = ["extensions", "under", "from", "signal"];

const textOr = (value: unknown, fallback: string) => (typeof value === "string" ? value : fallback);

/**
 * Yields the source files of an installed package, sorted by path; any package works, tested with
 * `rxjs` 7.8.2 (TypeScript, JavaScript) and `node-gyp` 12.4.0 (JavaScript, Python). Its own `node_modules`, symbolic
 * links and files that are not UTF-8 text are skipped. Observe the licence of each package, which every record
 * contains.
 *
 * @param name the package's name in `node_modules`
 * @param options.extensions which files, without the dot; "ts" does not include "d.ts", nor "js"
 *   "min.js"
 * @param options.under one folder of the package
 * @throws {DatasetsError} on the first step: `ERR_RANGE` for an invalid name or an `under` outside the package,
 *   `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or `ERR_FORMAT`
 */
export async function* sourceCode(
  name: string,
  options: SourceCodeOptions = {},
): AsyncGenerator<SourceFile> {
  textOf("sourceCode", "name", name);
  const {
    extensions = Object.keys(sourceLanguages),
    under = "",
    from,
    signal,
    ...rest
  } = optionsOf("sourceCode", options);
  refuseUnknown("sourceCode", rest, OPTIONS);
  if (!packageName.test(name))
    throw new DatasetsError("ERR_RANGE", `datasets/sourceCode: no package name: ${name}`, {
      fields: { name },
    });
  const start = under.replace(/^(?:\.?\/)+|\/+$/g, "");
  if (start.split(/[/\\]/).includes(".."))
    throw new DatasetsError(
      "ERR_RANGE",
      `datasets/sourceCode: under leaves the package: ${under}`,
      {
        fields: {
          under,
        },
      },
    );
  const folder = packageFolder("sourceCode", name, from);
  const manifest = await readJson("sourceCode", join(folder, "package.json"), signal);
  const wanted = new Set(extensions.map((extension) => extension.replace(/^\./, "")));
  for await (const path of walk(folder, start)) {
    const extension = extensionOf(path);
    if (!wanted.has(extension)) continue;
    const text = decode(await readBytes("sourceCode", join(folder, path), signal));
    if (text === undefined) continue;
    yield {
      package: textOr(manifest.name, name),
      version: textOr(manifest.version, "0.0.0"),
      licence: textOr(manifest.license, "UNKNOWN"),
      path,
      extension,
      language: sourceLanguages[extension.split(".").at(-1)!] ?? extension,
      text,
    };
  }
}
