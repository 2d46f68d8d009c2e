/** @file The names of GGUF files: which hold a model, which belong together, and their types. */
import { ggufParts } from "@deepgrain/tensor-gpu";

/** Whether a name is that of a GGUF file. */
export const isGguf = (name: string): boolean => /\.gguf$/i.test(name);

/** The names of all files that the model of one has: those of every part, or its own. */
export const partNames = (name: string): string[] => ggufParts(name) ?? [name];

/** The projection of pictures that llama.cpp keeps beside a model. */
const isProjector = (name: string): boolean => /(^|\/)mmproj[^/]*$/i.test(name);

/** The GGUF models among names: a split one by the first of its parts that is there, without projections of pictures. */
export function ggufModels(names: Iterable<string>): string[] {
  const models = new Map<string, string>();
  for (const name of [...names].filter((one) => isGguf(one) && !isProjector(one)).sort()) {
    const model = partNames(name)[0]!;
    if (!models.has(model)) models.set(model, name);
  }
  return [...models.values()];
}

/** Whether a text may be a type in a name, all of which have a digit: `Q4_K_M`, `BF16`, `UD-Q4_K_XL`. */
export const isTypeName = (text: string): boolean =>
  /^[A-Za-z0-9][\w-]{0,31}$/.test(text) && /\d/.test(text);

/** Those of the names that have a type as a word of their own, in either case. */
export function namesOfType(names: readonly string[], type: string): string[] {
  const word = new RegExp(`(?<![a-z0-9])${type}(?![a-z0-9_])`, "i");
  return names.filter((name) => word.test(name));
}

/** Names in an error, at most 20 of them. */
export const listed = (names: readonly string[]): string =>
  names.slice(0, 20).join(", ") + (names.length > 20 ? `, and ${names.length - 20} more` : "");
