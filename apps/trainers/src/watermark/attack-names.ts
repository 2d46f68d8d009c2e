import {
  copyPaste,
  deleteTokens,
  foldCase,
  insertInvisible,
  insertTokens,
  type Random,
  type Replacement,
  substitute,
  swapHomoglyphs,
  swapNeighbours,
} from "@deepgrain/watermark";

/** Attacks on token ids. */
export const tokenAttacks: Readonly<
  Record<
    string,
    (ids: readonly number[], rate: number, replacement: Replacement, random: Random) => number[]
  >
> = {
  substitute,
  delete: (ids, rate, _, random) => deleteTokens(ids, rate, random),
  insert: insertTokens,
  swap: (ids, rate, _, random) => swapNeighbours(ids, rate, random),
};

/** Attacks on characters. */
export const textAttacks: Readonly<
  Record<string, (text: string, rate: number, random: Random) => string>
> = {
  homoglyph: swapHomoglyphs,
  "fold-case": foldCase,
  invisible: insertInvisible,
};

/** Pastes a text, in pieces, into a random stretch of human text of the given length. */
export function pasteInto(
  ids: readonly number[],
  human: readonly number[],
  { pieces, length }: { pieces: number; length: number },
  random: Random,
): number[] {
  const start = Math.floor(random() * Math.max(1, human.length - length));
  return copyPaste(ids, human.slice(start, start + length), pieces, random).ids;
}

export const attackNames: readonly string[] = [
  ...Object.keys(tokenAttacks),
  "copy-paste",
  ...Object.keys(textAttacks),
  "paraphrase",
];
