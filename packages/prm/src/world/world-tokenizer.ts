import { PrmError } from "../errors";
import { generateProblem } from "./generate-problem";
import { people } from "./templates";

/** Turns texts of the word-problem world into token ids and back. */
export interface WorldTokenizer {
  /** @throws {PrmError} `ERR_ARGUMENT` for a text that is not of this world */
  encode(text: string): number[];
  /** Calculations that are complete get their annotation `<<…>>` back. */
  decode(ids: ArrayLike<number>): string;
  readonly vocabSize: number;
  /** Ends a solution. */
  readonly eosTokenId: number;
  /** Of a line break, which ends problem and steps. */
  readonly lineTokenId: number;
}

const annotated = /(-?\d+) ([-+*/]) (-?\d+) = <<\1\2\3=(-?\d+)>>\4/g;
const plain = /(-?\d+)([-+*/])(-?\d+)=(-?\d+)/g;

/** Each calculation once: `3 + 4 = <<3+4=7>>7` as `3+4=7`. */
const shortened = (text: string) => text.replace(annotated, "$1$2$3=$4");
const lengthened = (text: string) => text.replace(plain, "$1 $2 $3 = <<$1$2$3=$4>>$4");

/** Digits from the last to the first, as carries go. */
const reversed = (text: string) => text.replace(/\d+/g, (digits) => [...digits].reverse().join(""));

const names = people.join("|");
/** Step numbers with their colon, names, digits, signs within calculations, line breaks, and the words between them. */
const pieces = new RegExp(
  `Step \\d: |\\n|\\d|(?<=\\d)[-+*/=](?=-?\\d)|-(?=\\d)|${names}|(?:(?!Step \\d: |${names}|-\\d)[^\\d\\n.])+\\.?|\\.`,
  "g",
);

const split = (text: string): string[] => reversed(shortened(text)).match(pieces) ?? [];

/** Problems whose texts and solutions together hold every piece of the world. */
const SURVEYED = 3000;

/**
 * A tokenizer of word problems and their solutions. Words between numbers are one token, numbers are digits from the last to the
 * first, and a calculation is written once instead of twice: the annotation `<<3+4=7>>7` is added when tokens become text. So a
 * step has about ten tokens, and a small model learns the world in minutes.
 */
export function worldTokenizer(): WorldTokenizer {
  const known = new Set<string>(["\n", ..."0123456789+-*/="]);
  for (let seed = 0; seed < SURVEYED; seed++) {
    const { problem, steps } = generateProblem(seed);
    for (const piece of split([problem, ...steps].join("\n"))) known.add(piece);
  }
  const tokens = ["", ...[...known].sort()];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return {
    vocabSize: tokens.length,
    eosTokenId: 0,
    lineTokenId: ids.get("\n")!,
    encode(text) {
      const own = split(text);
      const odd = own.find((piece) => !ids.has(piece));
      if (odd !== undefined || own.join("") !== reversed(shortened(text)))
        throw new PrmError(
          "ERR_ARGUMENT",
          `worldTokenizer: ${JSON.stringify(odd ?? text)} is no text of this world`,
          { fields: { text } },
        );
      return own.map((piece) => ids.get(piece)!);
    },
    decode: (list) => lengthened(reversed(Array.from(list, (id) => tokens[id] ?? "").join(""))),
  };
}
