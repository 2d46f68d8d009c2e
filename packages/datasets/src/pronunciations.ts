import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { takeTurn } from "@deepgrain/support";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import { unreadable } from "./read-bytes";

/** One pronunciation of an English word. */
export interface Pronunciation {
  /** The word in lower case. */
  readonly word: string;
  /** 1 for the first pronunciation of the word, 2 and more for others. */
  readonly variant: number;
  /** ARPAbet phones; vowels end in their stress: 0 none, 1 primary, 2 secondary. */
  readonly phones: readonly string[];
  /** The dictionary's remark, if it has one: "place, danish". */
  readonly note?: string | undefined;
}

/** The form of `cmu-pronouncing-dictionary`. */
export interface PronunciationModule {
  readonly dictionary: Readonly<Record<string, string>>;
}

/** Options of {@link pronunciations}: `from` may also be the loaded module. */
export interface PronunciationsOptions extends Omit<LoadOptions, "from"> {
  from?: string | URL | PronunciationModule | undefined;
}

async function pronunciationModule(
  from: PronunciationsOptions["from"],
): Promise<Partial<PronunciationModule>> {
  if (typeof from === "object" && !(from instanceof URL)) return from;
  const folder = packageFolder("pronunciations", "cmu-pronouncing-dictionary", from);
  const path = join(folder, "index.js");
  return import(pathToFileURL(path).href).catch((cause) => {
    throw unreadable("pronunciations", path, cause);
  });
}

/** Splits "dail(2)", "D OY1 L # org, irish" into its parts. */
function pronunciation(key: string, value: string): Pronunciation {
  const [, word, variant] = /^(.+?)(?:\((\d+)\))?$/.exec(key)!;
  const [phones, note] = value.split(" # ");
  const entry = { word: word!, variant: Number(variant ?? 1), phones: phones!.trim().split(" ") };
  return note === undefined ? entry : { ...entry, note };
}

/**
 * Yields the CMU Pronouncing Dictionary in the package's order. A word's variants are not necessarily adjacent.
 *
 * @returns 135,155 pronunciations from `cmu-pronouncing-dictionary` 3.0.0
 * @throws {DatasetsError} on the first step: `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or
 *   `ERR_FORMAT`
 */
export async function* pronunciations(
  options: PronunciationsOptions = {},
): AsyncGenerator<Pronunciation> {
  const { from, signal, ...rest } = optionsOf("pronunciations", options);
  refuseUnknown("pronunciations", rest);
  const { dictionary } = await pronunciationModule(from);
  if (!dictionary)
    throw new DatasetsError("ERR_FORMAT", "datasets/pronunciations: the module has no dictionary");
  for (const [key, value] of Object.entries(dictionary)) {
    await takeTurn();
    signal?.throwIfAborted();
    yield pronunciation(key, value);
  }
}
