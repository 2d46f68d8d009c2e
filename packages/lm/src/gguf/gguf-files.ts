/** @file What the names of GGUF files say: which hold a model, which belong together, and their types. */

/** Whether a name is that of a GGUF file. */
export const isGguf = (name: string): boolean => /\.gguf$/i.test(name);

/** One part of a model in several files: `model-00001-of-00003.gguf`. */
const partForm = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

/** The names of all files that the model of one has: those of every part, or its own. */
export function partNames(name: string): string[] {
  const [, stem, , count] = partForm.exec(name) ?? [];
  if (stem === undefined || Number(count) === 0) return [name];
  const end = name.slice(-".gguf".length);
  return Array.from({ length: Number(count) }, (_, part) => {
    const number = String(part + 1).padStart(5, "0");
    return `${stem}-${number}-of-${count}${end}`;
  });
}

const isLaterPart = (name: string): boolean => {
  const number = partForm.exec(name)?.[2];
  return number !== undefined && number !== "00001";
};

/** The projection of pictures that llama.cpp keeps beside a model. */
const isProjector = (name: string): boolean => /(^|\/)mmproj[^/]*$/i.test(name);

/** The GGUF models among names: a split one by its first part, without projections of pictures. */
export const ggufModels = (names: Iterable<string>): string[] =>
  [...names].filter((name) => isGguf(name) && !isLaterPart(name) && !isProjector(name)).sort();

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
