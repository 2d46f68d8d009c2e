import { DatasetsError } from "../errors";
import { type LexicographerFile, lexicographerFiles } from "./lexicographer-files";

/** A pointer from one synset to another. */
export interface SynsetPointer {
  /** WordNet's symbol: "@" hypernym, "#m" member holonym, … */
  readonly symbol: string;
  /** The target's id, "00001930-n". */
  readonly target: string;
}

/** A set of synonyms, as in one line of a WordNet data file. */
export interface Synset {
  /** Byte offset and part of speech, "00001740-n": unique, fixed for one version of WordNet. */
  readonly id: string;
  readonly lexicographerFile: LexicographerFile;
  /** Number of the lexicographer file. */
  readonly fileNumber: number;
  /** The synonyms, with spaces: "physical entity". */
  readonly words: readonly string[];
  /** Definition and examples, unchanged. */
  readonly gloss: string;
  readonly pointers: readonly SynsetPointer[];
}

/** The position markers of adjectives, as in "galore(ip)". */
const syntacticMark = /\((?:p|a|ip)\)$/;

/**
 * Reads one line of a `data.*` file:
 * `offset file type w_cnt (word lex_id)… p_cnt (symbol offset pos source/target)… | gloss`,
 * with `w_cnt` in hexadecimal and `p_cnt` in decimal.
 *
 * @throws {DatasetsError} `ERR_FORMAT` when the line has another format
 * @see WordNet 3.1 manual, wndb(5WN), "Data File Format"
 */
export function parseSynset(line: string): Synset {
  const bar = line.indexOf(" | ");
  const fields = line.slice(0, bar).split(" ");
  const [offset, file, type, wordCount] = fields;
  const words = Number.parseInt(wordCount ?? "", 16);
  const pointers = Number(fields[4 + 2 * words]);
  const lexicographerFile = lexicographerFiles[Number(file)];
  if (bar < 0 || !lexicographerFile || !type || !(fields.length >= 5 + 2 * words + 4 * pointers))
    throw new DatasetsError("ERR_FORMAT", `datasets/wordnet: no synset: ${line.slice(0, 60)}`, {
      fields: {
        line,
      },
    });
  return {
    id: `${offset}-${type === "s" ? "a" : type}`,
    lexicographerFile,
    fileNumber: Number(file),
    words: Array.from({ length: words }, (_, i) =>
      fields[4 + 2 * i]!.replace(syntacticMark, "").replaceAll("_", " "),
    ),
    gloss: line.slice(bar + 3).trim(),
    pointers: Array.from({ length: pointers }, (_, i) => {
      const [symbol, target, part] = fields.slice(5 + 2 * words + 4 * i);
      return { symbol: symbol!, target: `${target}-${part}` };
    }),
  };
}
