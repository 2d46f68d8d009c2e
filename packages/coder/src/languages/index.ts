/**
 * The programming languages that DeepSeek-Coder lists, with their file names.
 *
 * @packageDocumentation
 */
import { textOf } from "../errors";
import { table } from "./generated/table";

/** A language that DeepSeek-Coder-V2 was trained on. */
export interface Language {
  /** As the published list writes it. */
  readonly name: string;
  /** With their dots, the most common first; empty for languages of files with fixed names. */
  readonly extensions: readonly string[];
  /** Marker of a comment to the end of its line; null where there is none, or it is not known. */
  readonly lineComment: string | null;
  /** Where the extensions are from: GitHub's linguist, Pygments' lexers, or filled in by hand. */
  readonly source: "linguist" | "pygments" | "hand";
}

/**
 * The 338 languages of DeepSeek-Coder-V2, in the order of the published list.
 *
 * @see supported_langs.txt of deepseek-ai/DeepSeek-Coder-V2
 */
export const languages: readonly Language[] = table.map(
  ([name, source, lineComment, extensions]) => ({
    name,
    source,
    lineComment,
    extensions: extensions === "" ? [] : extensions.split(" "),
  }),
);

/** A language by its name, whose letter case does not matter; undefined if it is not among them. */
export function languageNamed(name: string): Language | undefined {
  const wanted = textOf("languageNamed", "name", name).toLowerCase();
  return languages.find((language) => language.name.toLowerCase() === wanted);
}
