import { generateProblem } from "./generate-problem";
import { people } from "./templates";

/** Turns texts of the word-problem world into token ids and back. */
export interface WorldTokenizer {
  /** Text outside this world becomes the unknown token, one per stretch. */
  encode(text: string): number[];
  /** Calculations that are complete get their annotation `<<…>>` back. */
  decode(ids: ArrayLike<number>): string;
  readonly vocabSize: number;
  /** Ends a solution. */
  readonly eosTokenId: number;
  readonly unknownTokenId: number;
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

/** Problems whose texts and solutions together hold every piece of the world. */
const SURVEYED = 3000;

const END = 0;
const UNKNOWN = 1;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** The tokens of the world, in a fixed order. */
function survey(): string[] {
  const known = new Set<string>(["\n", ..."0123456789+-*/="]);
  for (let seed = 0; seed < SURVEYED; seed++) {
    const { problem, steps } = generateProblem(seed);
    const text = reversed(shortened([problem, ...steps].join("\n")));
    for (const piece of text.match(pieces)!) known.add(piece);
  }
  return ["", "\ufffd", ...[...known].sort()];
}

/**
 * A tokenizer of word problems and their solutions. Words between numbers are one token, numbers are digits from the last to the
 * first, and a calculation is written once instead of twice: the annotation `<<3+4=7>>7` is added when tokens become text. So a
 * step has about ten tokens, and a small model learns the world in minutes.
 */
export function worldTokenizer(): WorldTokenizer {
  const tokens = survey();
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const longestFirst = tokens.slice(UNKNOWN).sort((a, b) => b.length - a.length);
  const token = new RegExp(longestFirst.map(escaped).join("|"), "g");
  return {
    vocabSize: tokens.length,
    eosTokenId: END,
    unknownTokenId: UNKNOWN,
    lineTokenId: ids.get("\n")!,
    encode(text) {
      const found: number[] = [];
      let end = 0;
      const written = reversed(shortened(text));
      for (const match of written.matchAll(token)) {
        if (match.index > end) found.push(UNKNOWN);
        found.push(ids.get(match[0])!);
        end = match.index + match[0].length;
      }
      return end < written.length ? [...found, UNKNOWN] : found;
    },
    decode: (list) => lengthened(reversed(Array.from(list, (id) => tokens[id] ?? "").join(""))),
  };
}
