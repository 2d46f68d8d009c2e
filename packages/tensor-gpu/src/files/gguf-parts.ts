/** @file Names of the parts of a GGUF file: small, for what asks about names alone. */
import { assertKind } from "../errors";

/** The largest number of parts; published models have up to 100. */
export const MOST_PARTS = 1000;

/** The end of a part's name. */
export const partName = /-(\d{5})-of-(\d{5})\.gguf$/i;

const numbered = (part: number, count: number) =>
  [part, count].map((n) => String(n).padStart(5, "0")).join("-of-");

/**
 * The names of all parts of a split GGUF file, in their order, from the name of one: for `x-00002-of-00003.gguf` also
 * `x-00001-of-00003.gguf` and `x-00003-of-00003.gguf`. Undefined for a name that is no part's.
 * @param name with or without its folder
 * @throws {TensorError} `ERR_ARGUMENT` for a name that is no text
 */
export function ggufParts(name: string): string[] | undefined {
  assertKind(typeof name === "string", "ggufParts", "name must be a text", name);
  const found = partName.exec(name);
  const [part, count] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || part < 1 || part > count || count > MOST_PARTS) return undefined;
  const [stem, ending] = [name.slice(0, found.index), name.slice(-".gguf".length)];
  return Array.from({ length: count }, (_, i) => `${stem}-${numbered(i + 1, count)}${ending}`);
}
