/** @file Tokens of functions over arrays: a step in words is one token, and so is a piece of an expression. */
import { type ArraySpecification, arrayPieces, arrayWords } from "./array-tasks";

export const PAD = 0;
export const END = 1;
/** Between the words and the expression. */
const START = 2;
const FIRST = 3;

/** Words first, then pieces. */
const all = [...arrayWords, ...arrayPieces];
const wordIds = new Map(arrayWords.map((word, i) => [word, FIRST + i]));
const pieceIds = new Map(arrayPieces.map((piece, i) => [piece, FIRST + arrayWords.length + i]));

/** Size of the vocabulary. */
export const VOCABULARY = FIRST + all.length;

/** The policy's prompt. */
export const promptIds = ({ words }: ArraySpecification): number[] => [
  ...words.map((word) => wordIds.get(word)!),
  START,
];

/** Its answer, with its end. */
export const answerIds = (pieces: readonly string[]): number[] => [
  ...pieces.map((piece) => pieceIds.get(piece)!),
  END,
];

/** The expression of an answer, from the array on. */
export const answerText = (ids: readonly number[]): string =>
  ids.map((id) => (id < FIRST ? "" : all[id - FIRST]!)).join("");
