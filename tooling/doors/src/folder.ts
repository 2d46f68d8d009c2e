/** @file Folders for doors that take a path: made for one input, and removed with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { damaged } from "./mutations";

/** Between files of an input of text. */
export const NEXT = "\n---\n";

/** Does some work in a folder with files, by name. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
  work: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "doors-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      if (name.includes("/")) mkdirSync(dirname(join(folder, name)), { recursive: true });
      if (content !== undefined) writeFileSync(join(folder, name), content);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Does some work with a file of that name. */
export const inFile = <T>(
  name: string,
  content: string | Uint8Array,
  work: (path: string) => T | Promise<T>,
): Promise<T> => inFolder({ [name]: content }, (folder) => work(join(folder, name)));

/** The parts of a text, each a file's. */
export const partsOf = (text: string): string[] => text.split(NEXT);

const jsonText = (value: unknown) => JSON.stringify(value) ?? "";

/** A record as the text of a file; every fourth has another value somewhere. */
export const recordText = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: valid.map(jsonText) },
    { weight: 1, arbitrary: damaged("json", valid).map(jsonText) },
  );

/** JSON lines of rows; every sixth has another value somewhere. @param head the first line, if it is another */
export const rowsText = (
  row: fc.Arbitrary<unknown>,
  head?: fc.Arbitrary<unknown>,
): fc.Arbitrary<string> => {
  const some = fc.oneof(
    { weight: 5, arbitrary: row },
    { weight: 1, arbitrary: damaged("json", row) },
  );
  return fc
    .tuple(head ?? fc.constant(undefined), fc.array(some, { maxLength: 4 }))
    .map(([first, rows]) =>
      [...(head ? [first] : []), ...rows].map((each) => `${jsonText(each)}\n`).join(""),
    );
};
